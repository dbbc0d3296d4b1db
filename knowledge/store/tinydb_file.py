"""Several tables in one JSON file: read by anyone at any time, edited in groups under a lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from tinydb import TinyDB
from tinydb.table import Document

from knowledge.store.damage import DamageReport
from knowledge.store.envelope import read_shape
from knowledge.store.errors import DamagedFileError, StoreError
from knowledge.store.group_commit import GroupCommit, Waiting
from knowledge.store.safe_file import NEVER, SafeFile, Stamp
from knowledge.store.tinydb_storage import CheckedStorage, KeyedTable

Shape = TypeVar("Shape", bound=msgspec.Struct)
Noun = TypeVar("Noun")
Result = TypeVar("Result")


class Session:
    """What an edit may do to the documents of a file."""

    def __init__(self, storage: CheckedStorage) -> None:
        self._storage = storage
        self._database = TinyDB(storage=lambda: storage)
        self._database.table_class = KeyedTable
        self.afterwards: list[Callable[[], object]] = []  # run when the edit that put them here is durable

    def get(self, table: str, key: str, noun: type[Noun]) -> Noun | None:
        """The document with this key; None where there is none."""
        document = self._storage.tables.get(table, {}).get(key)
        try:
            return None if document is None else msgspec.convert(document, noun)
        except msgspec.ValidationError as error:
            raise StoreError(f"{table}: an entry is not understood ({error}); nothing was changed.") from None

    def keys(self, table: str) -> tuple[str, ...]:
        """The keys of a table, in the order their documents were put."""
        return tuple(self._storage.tables.get(table, ()))

    def put(self, table: str, key: str, noun: object) -> None:
        """Keep a document, as the last, in place of the one with its key."""
        self.drop(table, [key])
        self.put_all(table, {key: noun})

    def put_all(self, table: str, nouns: Mapping[str, Any]) -> None:
        """Keep documents whose keys are new."""
        documents = (Document(msgspec.to_builtins(noun), key) for key, noun in nouns.items())  # type: ignore[arg-type]
        self._database.table(table).insert_multiple(documents)

    def replace_all(self, table: str, nouns: Mapping[str, Any]) -> None:
        """Keep these documents and no others."""
        self.drop(table, self.keys(table))
        if nouns:
            self.put_all(table, nouns)

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
                before, planned = self._storage.tables, len(session.afterwards)
                try:
                    each.result = each.edit(session)
                except StoreError as error:  # this edit's own; the others of the group go on
                    self._storage.tables = before
                    del session.afterwards[planned:]  # what was to go with what it would have replaced
                    each.error = error
            self._storage.commit()
            for afterwards in session.afterwards:
                afterwards()
