"""Digests in memory: the same documents by key, and a lock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from knowledge.store.keyed_digests import DigestTables, Documents, KeyedDigests
from knowledge.store.names import checked

Noun = TypeVar("Noun")
Result = TypeVar("Result")


class _Tables:
    """`Documents` of dictionaries. An edit works on copies, so that it is there whole or not at all."""

    def __init__(self, kept: DigestTables) -> None:
        self._tables: dict[str, dict[str, Any]] = {
            "subscriptions": dict(kept.subscriptions),
            "claims": dict(kept.claims),
            "tasks": dict(kept.tasks),
        }

    def get(self, table: str, key: str, noun: type[Noun]) -> Noun | None:
        found = self._tables[table].get(key)
        return found if isinstance(found, noun) else None

    def keys(self, table: str) -> tuple[str, ...]:
        return tuple(self._tables[table])

    def put(self, table: str, key: str, noun: object) -> None:
        self._tables[table][key] = noun

    def replace_all(self, table: str, nouns: Mapping[str, Any]) -> None:
        self._tables[table] = dict(nouns)

    def drop(self, table: str, keys: tuple[str, ...]) -> int:
        return sum(self._tables[table].pop(key, None) is not None for key in keys)

    def kept(self) -> DigestTables:
        return DigestTables(**self._tables)


class MemoryDigests(KeyedDigests):
    """A `DigestStore` that forgets with its process."""

    def __init__(self) -> None:
        self._digests_lock = threading.Lock()
        self._digests: dict[str, DigestTables] = {}

    def _edit_digests(self, workspace: str, change: Callable[[Documents], Result]) -> Result:
        name = checked("workspace", workspace)
        with self._digests_lock:
            tables = _Tables(self._digests.get(name, DigestTables()))
            result = change(tables)
            kept = tables.kept()
            if name in self._digests or kept != DigestTables():
                self._digests[name] = kept
            return result

    def _read_digests(self, workspace: str) -> DigestTables:
        with self._digests_lock:
            return self._digests.get(checked("workspace", workspace), DigestTables())

    def _digest_workspaces(self) -> Iterable[str]:
        with self._digests_lock:
            return tuple(self._digests)
