"""SFZ text to regions: includes, definitions, headers and inheritance."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from songwright.errors import FileFormatError

MAX_DEPTH = 12
MAX_REGIONS = 20_000
MAX_TEXT = 32 << 20
MAX_LINE = 1 << 20

_TOKEN = re.compile(r"<\s*([A-Za-z0-9_]+)\s*>|([A-Za-z0-9_]+)=")
_DEFINE = re.compile(r"#define\s+(\$\w+)\s+(\S*)")
_INCLUDE = re.compile(r'#include\s+"([^"]+)"')
_LEVELS = ("global", "master", "group", "region")


@dataclass(frozen=True, slots=True)
class RegionText:
    """One region: its opcodes, those of its headers included, the ``<control>`` that was in force
    and the place in the file."""

    opcodes: dict[str, str]
    control: dict[str, str]
    where: str


@dataclass(frozen=True, slots=True)
class SfzText:
    """All regions of a file, and its comments, where makers tend to state their terms."""

    regions: tuple[RegionText, ...]
    comment: str


def read_sfz(path: Path) -> SfzText:
    """Read a file with all that it includes.

    Raises
    ------
    FileFormatError
        If a file is missing or too long, includes itself, or there is no region.
    """
    reader = _Reader(path.parent)
    reader.file(path, 0)
    if not reader.regions:
        raise FileFormatError(f"{path.name} has no <region>; it is no SFZ instrument")
    regions = tuple(
        RegionText({name: value for layer in layers for name, value in layer.items()}, control, at)
        for layers, control, at in reader.regions
    )
    return SfzText(regions, "\n".join(reader.comments))


class _Reader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.defined: dict[str, str] = {}
        self.control: dict[str, str] = {}
        self.levels: dict[str, dict[str, str]] = {level: {} for level in _LEVELS}
        self.regions: list[tuple[tuple[dict[str, str], ...], dict[str, str], str]] = []
        self.comments: list[str] = []
        self.current: dict[str, str] = {}
        self.read = 0

    def file(self, path: Path, depth: int) -> None:
        try:
            text = path.read_bytes().decode("utf-8", "replace")
        except OSError as error:
            raise FileFormatError(
                f"{path} cannot be read ({error.strerror}); an SFZ needs all files that it names"
            ) from error
        self.read += len(text)
        if "\0" in text or self.read > MAX_TEXT:
            raise FileFormatError(f"{path.name} is no SFZ text")
        text = re.sub(r"/\*.*?(?:\*/|\Z)", lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL)
        for number, raw in enumerate(text.splitlines(), 1):
            line, _, comment = raw.partition("//")
            if comment.strip() and len(self.comments) < 60:
                self.comments.append(comment.strip())
            self._line(line, f"{path.name}, line {number}", depth)

    def _line(self, line: str, where: str, depth: int) -> None:
        while found := _DEFINE.search(line):
            self._opcodes(self._expanded(line[: found.start()], where), where)
            self.defined[found[1]] = found[2]
            line = line[found.end() :]
        if found := _INCLUDE.search(line):
            if depth >= MAX_DEPTH:
                raise FileFormatError(f"{where}: files include one another without end")
            name = self._expanded(found[1], where).replace("\\", "/")
            self.file(self.root / name, depth + 1)
            line = line[: found.start()] + line[found.end() :]
        self._opcodes(self._expanded(line, where), where)

    def _expanded(self, line: str, where: str) -> str:
        if "$" in line:
            for name in sorted(self.defined, key=len, reverse=True):
                line = line.replace(name, self.defined[name])
                if len(line) > MAX_LINE:
                    raise FileFormatError(f"{where}: the definitions grow without end")
        return line

    def _opcodes(self, line: str, where: str) -> None:
        tokens = list(_TOKEN.finditer(line))
        for token, end in zip(tokens, [t.start() for t in tokens[1:]] + [len(line)], strict=False):
            if token[1]:
                self._header(token[1].lower(), where)
            else:
                value = line[token.end() : end].strip()
                self.current[token[2].lower()] = value

    def _header(self, name: str, where: str) -> None:
        if name not in _LEVELS:
            self.current = {}
            if name == "control":  # a new one adds to those before; regions keep the one they saw
                self.current = self.control = dict(self.control)
            return
        for level in _LEVELS[_LEVELS.index(name) :]:
            self.levels[level] = {}
        self.current = self.levels[name]
        if name == "region":
            if len(self.regions) >= MAX_REGIONS:
                raise FileFormatError(f"{where}: more than {MAX_REGIONS:,} regions")
            layers = tuple(self.levels[level] for level in _LEVELS)
            self.regions.append((layers, self.control, where))
