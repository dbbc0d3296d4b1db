"""The nouns of a retag, frozen: a file as it would be, and what could not be done."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from knowledge.errors import LocatedError


class RetagError(LocatedError, ValueError):
    """A file whose tags cannot be rewritten safely; `where` is its path below the folder that was named."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that should change and is left alone.

    Attributes:
        path: Below the folder that was named, with ``/``.
        reason: One sentence without its full stop.
    """

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Edited:
    """A text with other tags.

    Attributes:
        what: What was replaced, ``attack.t1562.001 to attack.t1685``, each once.
    """

    text: str
    what: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One file as it is and as it would be, in its own encoding.

    Attributes:
        path: Below the folder that was named, with ``/``; the name of the file where a file was named.
        what: What would be replaced, each once.
    """

    path: str
    format: str
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)
    encoding: str = "utf-8"
    what: tuple[str, ...] = ()

    @property
    def diff(self) -> str:
        """A unified diff as ``git apply`` takes it; its line endings are the file's own."""
        # By line feeds alone, as a diff counts lines; str.splitlines knows ten more ends.
        old, new = (StringIO(raw.decode(self.encoding)).readlines() for raw in (self.before, self.after))
        lines = difflib.unified_diff(old, new, f"a/{self.path}", f"b/{self.path}")
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposals:
    """What is proposed for the files below a path.

    Attributes:
        root: The folder or file that was named.
        looked_at: Files of a format that can be rewritten.
    """

    root: Path
    proposals: tuple[Proposal, ...] = ()
    refused: tuple[Refused, ...] = ()
    looked_at: int = 0

    @property
    def diff(self) -> str:
        """Every file's diff, one after the other; empty where nothing is proposed."""
        return "".join(each.diff for each in self.proposals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of proposals that were to be written, by path."""

    written: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
