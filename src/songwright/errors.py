"""Every error that Songwright raises on purpose.

    SongwrightError                 anything below; ``exit_code`` is what the command returns
    ├── BriefError                  the request cannot be understood or cannot be met
    ├── StyleError                  a style, instrument or pattern file is wrong or unknown
    ├── ScoreError                  notes that cannot be a score (bar overfull, part unknown)
    ├── FileFormatError             a file from outside is damaged or of an unknown kind
    ├── OutputError                 the result cannot be written where it was asked for
    ├── AudioError                  samples that cannot be processed (NaN, wrong shape)
    ├── ProjectError                a project is damaged, busy, newer, or cannot do what was asked
    └── ExecutionError              a task failed, or its worker was lost too often

A message says what is wrong *and* what to do about it.
"""

from __future__ import annotations


class SongwrightError(Exception):
    """Base of all errors that Songwright raises on purpose."""

    exit_code = 1


class BriefError(SongwrightError):
    """The request cannot be understood or is impossible."""

    exit_code = 2


class StyleError(SongwrightError):
    """A style, instrument or pattern is unknown, or its data file is wrong."""

    exit_code = 2


class ScoreError(SongwrightError):
    """Notes that do not make a valid score."""

    exit_code = 3


class FileFormatError(SongwrightError):
    """A file from outside is damaged or of a kind that is not read."""

    exit_code = 4


class OutputError(SongwrightError):
    """The result cannot be written where it was asked for."""

    exit_code = 5


class AudioError(SongwrightError):
    """Samples that cannot be processed."""

    exit_code = 3


class ProjectError(SongwrightError):
    """A project is damaged, busy or of a newer version, or cannot do what was asked."""

    exit_code = 6


class ExecutionError(SongwrightError):
    """A task failed, or the process that worked on it was lost too often."""

    exit_code = 7


class ModelError(SongwrightError):
    """A learned model is missing, damaged, or of another version."""

    exit_code = 8


class ConstraintError(SongwrightError):
    """Constraints contradict each other: nothing can be sampled that meets them all."""

    exit_code = 2
