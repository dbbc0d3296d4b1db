"""From each version of the store's files to the next, since the first day.

A version is the number of steps behind it: `SCHEMA` steps lead to today's. Version 0 is a file as TinyDB's own
storage writes it, one unnamed table numbered from 1, without a checksum. To change a format, append a step; never
edit one that was released.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Documents: TypeAlias = dict[str, dict[str, Any]]
Tables: TypeAlias = dict[str, Documents]
"""A file's contents as TinyDB has them: table, key, document."""

_KEY_FIELDS = {"confirmations": "id", "collected": "name", "detections": "id"}
_UNNAMED = "_default"


def migrate(kind: str, schema: int, tables: Tables) -> Tables:
    """Carry a file's contents from the version they were written in to today's.

    Args:
        kind: What the file keeps: ``confirmations``, ``profile``, ``sources``, ``detections`` or ``digests``.
        schema: The version it was written in, at most `SCHEMA`.
        tables: What it holds, as that version had it.
    """
    for step in STEPS[schema:]:
        tables = step(kind, tables)
    return tables


def looks_like_version_0(tables: Tables) -> bool:
    """Whether this is what plain TinyDB writes, and not a newer file with a damaged beginning."""
    return set(tables) <= {_UNNAMED}


def _name_the_tables(kind: str, tables: Tables) -> Tables:
    """0 to 1: tables have names, and documents go by their own key instead of a number."""
    field = _KEY_FIELDS.get(kind)
    documents = tables.get(_UNNAMED, {})
    return {kind: {str(each.get(field, number)) if field else number: each for number, each in documents.items()}}


def _digests_join(_: str, tables: Tables) -> Tables:
    """1 to 2: ``digests.json`` joins the others, which stay as they were.

    They are marked all the same: a program that does not know of claims must not serve a home that has them.
    """
    return tables


STEPS: tuple[Callable[[str, Tables], Tables], ...] = (_name_the_tables, _digests_join)
SCHEMA = len(STEPS)
"""The version this program writes."""
