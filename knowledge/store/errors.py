"""What goes wrong with what a team told us.

StoreError (KnowledgeError, OSError)    it cannot be read or written; what was kept is unchanged
├── DamagedFileError                    a file is not what was written; the store sets it aside by itself
└── NewerSchemaError                    a later version of this program wrote the file or the database
"""

from __future__ import annotations

from pathlib import Path

from knowledge.errors import KnowledgeError


class StoreError(KnowledgeError, OSError):
    """What the team told us cannot be read or written; what was kept is unchanged."""


class DamagedFileError(StoreError):
    """A file is not what was written: cut short, flipped, or not ours.

    Args:
        path: The file.
        problem: What gives it away, a sentence without its full stop.
    """

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}.")
        self.path = path
        self.problem = problem


class NewerSchemaError(StoreError):
    """A later version of this program wrote the file or the database, and this one leaves it alone.

    Args:
        path: The file, or in words where the database is.
        found: Its schema version.
        known: The newest schema version this program reads.
    """

    def __init__(self, path: Path | str, found: int, known: int) -> None:
        super().__init__(
            f"{path} was written by a newer version of this program (schema {found}, known up to {known}); "
            f"upgrade this one to use it. Nothing was changed."
        )
        self.path = path
        self.found = found
        self.known = known
