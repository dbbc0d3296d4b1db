"""What was found damaged, for the log and for the operator, whichever process found it.

Beside a file that was set aside lies a note: ``profile.json.note-1`` is that of ``profile.json.damaged-1``. A file
that was gone altogether leaves only a note, ``profile.json.note-gone``.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

import msgspec

from knowledge.store.model import Problem

logger = logging.getLogger(__name__)

_GONE = "gone"


class _Note(msgspec.Struct, frozen=True):
    text: str
    mend: str
    lost: bool

    def about(self, path: Path) -> Problem:
        return Problem(path, self.text, self.mend, self.lost)


class DamageReport:
    """What lies set aside below a folder.

    Args:
        folder: Where the store keeps its files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, file: Path, aside: Path | None, problem: str, done: str, *, mend: str, lost: bool) -> None:
        """Log it, and keep it for `problems`.

        Args:
            file: The one that was damaged.
            aside: Where the damaged bytes lie now; None where the file was gone.
            problem: What was wrong, a sentence.
            done: What was done about it, a sentence.
            mend: What is left to do, without a full stop.
            lost: Nothing earlier could be put in its place.
        """
        text = f"{problem} It was set aside as {aside.name}. {done}" if aside else f"{problem} {done}"
        logger.error("%s", text)
        number = aside.name.rpartition("-")[2] if aside else _GONE
        note = file.with_name(f"{file.name}.note-{number}")
        with contextlib.suppress(OSError):  # a full disk; the log has it, and the file is told of without its note
            note.write_bytes(msgspec.json.encode(_Note(text, f"{mend}, then delete {aside or note}.", lost)))

    def problems(self) -> tuple[Problem, ...]:
        """What was set aside and not deleted since, by path."""
        aside = [_told(path) for path in self._folder.glob("*/*.damaged-*")]
        gone = [said.about(note) for note in self._folder.glob(f"*/*.note-{_GONE}") if (said := _read(note))]
        return tuple(sorted((*aside, *gone), key=lambda each: each.path))


def _told(aside: Path) -> Problem:
    name, _, number = aside.name.rpartition(".damaged-")
    if said := _read(aside.with_name(f"{name}.note-{number}")):
        return said.about(aside)
    text = f"{aside.with_name(name)} was found damaged. It was set aside as {aside.name}."
    return Problem(aside, text, f"See whether anything is missing, then delete {aside}.")


def _read(note: Path) -> _Note | None:
    try:
        return msgspec.json.decode(note.read_bytes(), type=_Note)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
