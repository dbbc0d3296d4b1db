"""What was found damaged, for the log and for the operator, whichever process found it."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from knowledge.store.model import Problem

logger = logging.getLogger(__name__)

_KEPT = 100


class DamageReport:
    """What this process found, and what lies set aside below a folder.

    Args:
        folder: Where the store keeps its files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._found: dict[Path, Problem] = {}

    def add(self, path: Path, problem: str, done: str) -> None:
        """Log it and keep it for `problems`.

        Args:
            path: Where the damaged bytes lie now.
            problem: What was wrong, a sentence.
            done: What was done about it, a sentence.
        """
        text = f"{problem} {done}"
        logger.error("%s", text)
        with self._lock:
            self._found[path] = Problem(path, text)
            while len(self._found) > _KEPT:
                del self._found[next(iter(self._found))]

    def problems(self) -> tuple[Problem, ...]:
        """This process's findings, and a plain sentence for each file that another set aside."""
        with self._lock:
            found = dict(self._found)
        for path in sorted(self._folder.glob("*/*.damaged-*")):
            found.setdefault(
                path, Problem(path, f"{path} was found damaged and set aside; delete it when you have looked.")
            )
        return tuple(found.values())
