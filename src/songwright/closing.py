"""Files, buffers, projects and workers that are given back at the end of a ``with`` block."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Closing(ABC):
    """A context manager that closes when all went well and discards when an exception ended it."""

    @abstractmethod
    def close(self) -> None:
        """Finish, and give memory, file and disk space back."""

    def discard(self) -> None:
        """What is done instead of closing when the block ended with an exception."""
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()
