"""From a setting to a store."""

from __future__ import annotations

from pathlib import Path

from knowledge.store.errors import StoreError
from knowledge.store.protocol import Store


def open_store(spec: str, folder: Path) -> Store:
    """Open the store that a setting names.

    Args:
        spec: ``tinydb``, ``tinydb:PATH`` for files elsewhere, ``postgresql://USER:PASSWORD@HOST/DATABASE``, or
            ``memory``, which forgets.
        folder: Where TinyDB's files lie when `spec` does not say.

    Raises:
        StoreError: There is no such store, or its database cannot be reached or brought up to date. The sentence
            never repeats a password.
    """
    kind, _, rest = spec.strip().partition(":")
    match kind.lower():
        case "" | "tinydb":
            from knowledge.store.tinydb_store import TinyDBStore

            return TinyDBStore(Path(rest).expanduser() if rest else folder)
        case "memory":
            from knowledge.store.memory_store import MemoryStore

            return MemoryStore()
        case "postgresql" | "postgres" | "postgresql+psycopg":
            from knowledge.store.postgresql_store import PostgreSQLStore

            return PostgreSQLStore(spec.strip())
        case _:
            raise StoreError(
                f"There is no store called '{kind[:40]}'; use 'tinydb', 'tinydb:PATH' or "
                f"'postgresql://USER:PASSWORD@HOST/DATABASE'."
            )
