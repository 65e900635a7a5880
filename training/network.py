"""The network of all models: a small causal transformer over tokens and features.

RMSNorm, rotary positions, grouped-query attention and SwiGLU, as in present small language models,
with one difference: at each step the embeddings of a row of features (metre, chord, what the tune
does, what is wished for) are added to that of the token. `training.export` writes the same graph
as ONNX; shapes are (batch, time, width) throughout.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - the customary name
from torch import Tensor, nn

ROTARY_BASE = 10_000.0


@dataclass(frozen=True)
class Shape:
    """Size of a network. ``kv_heads`` below ``heads`` keeps the cache small while sampling."""

    vocabulary: int
    features: int  # rows of the shared feature table
    width: int = 160
    layers: int = 4
    heads: int = 5
    kv_heads: int = 1
    inner: int = 432
    context: int = 512

    @property
    def head_width(self) -> int:
        return self.width // self.heads


class RMSNorm(nn.Module):
    """Root-mean-square normalisation (Zhang & Sennrich 2019)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, (x.shape[-1],), self.gain, 1e-5)


def rotary(context: int, head_width: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines of rotary positions, each (context, head_width / 2)."""
    rates = ROTARY_BASE ** (-torch.arange(0, head_width, 2, dtype=torch.float32) / head_width)
    angles = torch.arange(context, dtype=torch.float32)[:, None] * rates[None, :]
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn the halves of each head's channels by the angle of their position."""
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


class Attention(nn.Module):
    """Causal self-attention; several query heads share a key and value head."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        d = shape.head_width
        self.qkv = nn.Linear(shape.width, (shape.heads + 2 * shape.kv_heads) * d, bias=False)
        self.out = nn.Linear(shape.heads * d, shape.width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        batch, time, _ = x.shape
        s, d = self.shape, self.shape.head_width
        q, k, v = self.qkv(x).split([s.heads * d, s.kv_heads * d, s.kv_heads * d], -1)
        q = rotate(q.view(batch, time, s.heads, d).transpose(1, 2), cos[:time], sin[:time])
        k = rotate(k.view(batch, time, s.kv_heads, d).transpose(1, 2), cos[:time], sin[:time])
        v = v.view(batch, time, s.kv_heads, d).transpose(1, 2)
        repeat = s.heads // s.kv_heads
        k, v = k.repeat_interleave(repeat, 1), v.repeat_interleave(repeat, 1)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        mixed: Tensor = self.out(y.transpose(1, 2).reshape(batch, time, -1))
        return mixed


class Block(nn.Module):
    """Attention and a gated feed-forward layer, each with a residual path."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.norm_attention = RMSNorm(shape.width)
        self.attention = Attention(shape)
        self.norm_inner = RMSNorm(shape.width)
        self.gate_up = nn.Linear(shape.width, 2 * shape.inner, bias=False)
        self.down = nn.Linear(shape.inner, shape.width, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        x = x + self.dropout(self.attention(self.norm_attention(x), cos, sin))
        gate, up = self.gate_up(self.norm_inner(x)).chunk(2, -1)
        return x + self.dropout(self.down(F.silu(gate) * up))


class Network(nn.Module):
    """Logits of the next token at every step."""

    cos: Tensor
    sin: Tensor

    def __init__(self, shape: Shape, dropout: float = 0.0) -> None:
        super().__init__()
        self.shape = shape
        self.tokens = nn.Embedding(shape.vocabulary, shape.width)
        self.features = nn.Embedding(shape.features, shape.width)
        self.blocks = nn.ModuleList(Block(shape, dropout) for _ in range(shape.layers))
        self.norm = RMSNorm(shape.width)
        self.dropout = nn.Dropout(dropout)
        cos, sin = rotary(shape.context, shape.head_width)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self._initialise()

    def _initialise(self) -> None:
        deep = 0.02 / math.sqrt(2 * self.shape.layers)  # residual paths add up over the depth
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                is_residual = name.endswith(("out.weight", "down.weight"))
                nn.init.normal_(weight, std=deep if is_residual else 0.02)

    def forward(self, tokens: Tensor, features: Tensor) -> Tensor:
        """Logits (batch, time, vocabulary) from tokens (batch, time) and rows of the feature
        table (batch, time, number of features)."""
        # A bag sums the rows as it looks them up: nothing of size (batch, time, features, width).
        told = F.embedding_bag(features.flatten(0, 1), self.features.weight, mode="sum")
        x = self.tokens(tokens) + told.view(*tokens.shape, -1)
        x = self.dropout(x)
        for block in self.blocks:
            x = block(x, self.cos, self.sin)
        logits: Tensor = self.norm(x) @ self.tokens.weight.T  # input and output share weights
        return logits
