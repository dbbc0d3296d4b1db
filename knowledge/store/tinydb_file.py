"""TinyDB over a `SafeFile`: several tables in one JSON file that several threads and processes share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document, Table

from knowledge.store.damage import DamageReport
from knowledge.store.envelope import read_shape, read_tables, seal
from knowledge.store.errors import DamagedFileError, StoreError
from knowledge.store.group_commit import GroupCommit, Waiting
from knowledge.store.migrations import Tables
from knowledge.store.safe_file import NEVER, SafeFile, Stamp

Shape = TypeVar("Shape", bound=msgspec.Struct)
Noun = TypeVar("Noun")
Result = TypeVar("Result")


class KeyedTable(Table):
    """A table whose documents go by a key of ours, and which caches no query: another process may have written."""

    document_id_class = str  # type: ignore[assignment]  # TinyDB means it to be replaced, and types it as int
    default_query_cache_capacity = 0


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

    def commit(self) -> None:
        """Make the tables durable, if anything changed them."""
        if self.tables is not self._kept:
            raw = seal(self._kind, self._workspace, self.tables)
            self._stamp, self._kept = self._file.replace(raw), self.tables

    def forget(self) -> None:
        """Let `refresh` read the file again."""
        self._stamp = None

    def scrub(self) -> None:
        """Let the version before the last write hold nothing that the last write left out."""
        if self._stamp != NEVER:
            self._file.scrub(seal(self._kind, self._workspace, self._kept))

    def _restore(self, error: DamagedFileError, *, there: bool) -> tuple[Stamp, Tables]:
        previous, tables = self._file.read_previous(), Tables()
        done = "There is no earlier version, so it starts empty."
        if previous is not None:
            try:
                tables = self._tables(previous)
                done = "The version before its last write was restored."
            except DamagedFileError:
                done = "The version before its last write is damaged too, so it starts empty."
        aside = self._file.set_aside() if there else self._file.path
        stamp = self._file.replace(seal(self._kind, self._workspace, tables), keep_previous=False)
        self._damage.add(aside, str(error), f"It was set aside as {aside.name}. {done}" if there else done)
        return stamp, tables

    def _tables(self, raw: bytes) -> Tables:
        return read_tables(self._file.path, self._kind, raw)


class Session:
    """What an edit may do to the documents of a file."""

    def __init__(self, storage: CheckedStorage) -> None:
        self._storage = storage
        self._database = TinyDB(storage=lambda: storage)
        self._database.table_class = KeyedTable
        self.afterwards: list[Callable[[], None]] = []

    def get(self, table: str, key: str, noun: type[Noun]) -> Noun | None:
        """The document with this key; None where there is none."""
        document = self._storage.tables.get(table, {}).get(key)
        return None if document is None else msgspec.convert(document, noun)

    def keys(self, table: str) -> tuple[str, ...]:
        """The keys of a table, in the order their documents were put."""
        return tuple(self._storage.tables.get(table, ()))

    def put(self, table: str, key: str, noun: object) -> None:
        """Keep a document, as the last, in place of the one with its key."""
        self.drop(table, [key])
        self.put_all(table, {key: noun})

    def put_all(self, table: str, nouns: dict[str, Any]) -> None:
        """Keep documents whose keys are new."""
        documents = (Document(msgspec.to_builtins(noun), key) for key, noun in nouns.items())  # type: ignore[arg-type]
        self._database.table(table).insert_multiple(documents)

    def drop(self, table: str, keys: Sequence[str]) -> int:
        """Take documents away, and return how many there were."""
        there = self._storage.tables.get(table, {})
        known = [key for key in dict.fromkeys(keys) if key in there]
        if known:
            self._database.table(table).remove(doc_ids=known)  # type: ignore[arg-type]  # keys, as in KeyedTable
        return len(known)

    def scrub(self) -> None:
        """When this edit is durable, let no kept copy hold what it took away."""
        self.afterwards.append(self._storage.scrub)


class TableFile(Generic[Shape]):
    """A file of tables: read by anyone at any time, edited in groups.

    Args:
        file: The file.
        kind: What it keeps.
        workspace: Whose it is.
        shape: A struct with one field a table, each with a default.
        damage: Told of a damaged file.
    """

    def __init__(self, file: SafeFile, kind: str, workspace: str, shape: type[Shape], damage: DamageReport) -> None:
        self._file = file
        self._kind = kind
        self._shape = shape
        self._storage = CheckedStorage(file, kind, workspace, damage)
        self._group: GroupCommit[Session] = GroupCommit(self._commit)
        self._snapshot: tuple[Stamp, Shape] | None = None
        self._suspect = False

    def stamp(self) -> Stamp:
        """Another one after every change."""
        return self._file.stamp()

    def read(self) -> Shape:
        """The tables as they are now, typed; decoded once for each version."""
        return self.read_stamped()[1]

    def read_stamped(self) -> tuple[Stamp, Shape]:
        """The same, with the stamp of the version it is."""
        stamp, snapshot = self._file.stamp(), self._snapshot
        if snapshot is None or snapshot[0] != stamp:
            try:
                snapshot = self._load()
            except DamagedFileError:
                self._suspect = True
                self.edit(lambda _: None)  # the lock, and with it the mending
                snapshot = self._load()
            self._snapshot = snapshot
        return snapshot

    def edit(self, change: Callable[[Session], Result]) -> Result:
        """Change documents; returns when the change is durable. An edit that puts and drops nothing writes nothing."""
        return self._group.submit(change)

    def _load(self) -> tuple[Stamp, Shape]:
        found = self._file.read()
        if found is not None:
            return found[0], read_shape(self._file.path, self._kind, found[1], self._shape)
        if self._file.previous_path.exists():
            raise DamagedFileError(self._file.path, "the file is gone")
        return NEVER, self._shape()

    def _commit(self, group: Sequence[Waiting[Session]]) -> None:
        with self._file.locked():
            if self._suspect:
                self._storage.forget()
                self._suspect = False
            self._storage.refresh()
            session = Session(self._storage)
            for each in group:
                before = self._storage.tables
                try:
                    each.result = each.edit(session)
                except (StoreError, ValueError) as error:  # this edit's own; the others of the group go on
                    self._storage.tables = before
                    each.error = error
            self._storage.commit()
            for afterwards in session.afterwards:
                afterwards()
