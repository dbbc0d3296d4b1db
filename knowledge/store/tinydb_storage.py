"""TinyDB's own seam, filled: a storage that never leaves half a file, and a table that other processes write too.

As it comes, TinyDB rewrites its file in place, numbers documents from what it last saw and caches queries; with a
second writer each of the three loses data.
"""

from __future__ import annotations

from tinydb.storages import Storage
from tinydb.table import Table

from knowledge.store.damage import DamageReport
from knowledge.store.envelope import read_tables, seal
from knowledge.store.errors import DamagedFileError
from knowledge.store.migrations import Tables
from knowledge.store.safe_file import NEVER, SafeFile, Stamp


class KeyedTable(Table):
    """A table whose documents go by a key of ours; we fetch by it and never search, so no query is cached."""

    document_id_class = str  # type: ignore[assignment]  # TinyDB means it to be replaced, and types it as int


class CheckedStorage(Storage):
    """What TinyDB reads and writes between `refresh` and `commit`, both of them under the file's lock.

    Args:
        file: The file.
        kind: What it keeps, as its opening says.
        workspace: Whose it is.
        damage: Told of a damaged file.
    """

    def __init__(self, file: SafeFile, kind: str, workspace: str, damage: DamageReport) -> None:
        self._file = file
        self._kind = kind
        self._workspace = workspace
        self._damage = damage
        self._stamp: Stamp | None = None
        self._kept: Tables = {}
        self.tables: Tables = {}

    def read(self) -> Tables:
        """The tables, with everything since `refresh`. TinyDB replaces a table and never edits one in place."""
        return dict(self.tables)

    def write(self, data: Tables) -> None:
        """Hold the tables for `commit`."""
        self.tables = data

    def refresh(self) -> None:
        """Take in what another process has written; mend the file if it is damaged."""
        stamp = self._file.stamp()
        if stamp != self._stamp:
            found = self._file.read()
            try:
                if found is None and self._file.previous_path.exists():
                    raise DamagedFileError(self._file.path, "the file is gone")
                stamp, tables = (found[0], self._tables(found[1])) if found else (NEVER, {})
            except DamagedFileError as error:
                stamp, tables = self._restore(error, there=found is not None)
            self._stamp, self._kept = stamp, tables
        self.tables = self._kept

    def commit(self, *, keep_previous: bool = True) -> None:
        """Make the tables durable, if anything changed them."""
        if self.tables is not self._kept:
            raw = seal(self._kind, self._workspace, self.tables)
            self._stamp, self._kept = self._file.replace(raw, keep_previous=keep_previous), self.tables

    def forget(self) -> None:
        """Let `refresh` read the file again."""
        self._stamp = None

    def scrub(self) -> None:
        """Let the version before the last write hold nothing that the last write left out."""
        if self._stamp != NEVER:
            self._file.scrub(seal(self._kind, self._workspace, self._kept))

    def _restore(self, error: DamagedFileError, *, there: bool) -> tuple[Stamp, Tables]:
        previous, tables = self._file.read_previous(), Tables()
        lost, done = True, "There is no earlier version, so it starts empty."
        if previous is not None:
            try:
                tables = self._tables(previous)
                lost, done = False, "The version before its last write was restored."
            except DamagedFileError:
                done = "The version before its last write is damaged too, so it starts empty."
        aside = self._file.set_aside() if there else None
        stamp = self._file.replace(seal(self._kind, self._workspace, tables), keep_previous=False)
        name = self._file.path.name
        mend = f"Put a copy of {name} from a backup in its place" if lost else "See whether what was said last is there"
        self._damage.add(self._file.path, aside, str(error), done, mend=mend, lost=lost)
        return stamp, tables

    def _tables(self, raw: bytes) -> Tables:
        return read_tables(self._file.path, self._kind, raw)
