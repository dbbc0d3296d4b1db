"""Nouns in and out of rows, and what every change does besides: count up its workspace's generation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from knowledge.collector import no_collecting
from knowledge.store.errors import StoreError
from knowledge.store.postgresql_tables import workspaces

Noun = TypeVar("Noun")


def written(noun: object) -> str:
    """A noun as the text of a `document` column."""
    return msgspec.json.encode(noun).decode()


def read(document: str, noun: type[Noun]) -> Noun:
    """A noun from that text.

    Raises:
        StoreError: It is not understood.
    """
    return read_all((document,), noun)[0]


def read_all(documents: Iterable[str], noun: type[Noun]) -> tuple[Noun, ...]:
    """Many of them."""
    decode = msgspec.json.Decoder(noun).decode
    try:
        with no_collecting():
            return tuple([decode(each) for each in documents])
    except msgspec.DecodeError as error:
        raise StoreError(
            f"The database holds a {noun.__name__} that this program does not understand ({error}); "
            f"nothing was changed."
        ) from None


def at(table: sa.Table, **key: str) -> sa.ColumnElement[bool]:
    """Where the rows of a table are that have these keys."""
    return sa.and_(*(table.c[name] == value for name, value in key.items()))


def put(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> bool:
    """Keep a row, in place of the one with its key, and return whether its `document` is another one now."""
    said = insert(table).values(row)
    every = {name: said.excluded[name] for name in (*row, *(["ordinal"] if "ordinal" in table.c else []))}
    statement = said.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: value for name, value in every.items() if not table.c[name].primary_key},
        where=table.c.document != said.excluded.document,
    ).returning(sa.literal(1))
    return connection.execute(statement).first() is not None


def count_up(connection: sa.Connection, workspace: str, *, by: int = 1) -> None:
    """Give a workspace another generation; the last thing a change does, so that others wait for it no longer.

    Args:
        connection: In the change's transaction.
        workspace: Whose.
        by: 0 where answers do not rest on what changed, and the workspace only has to be known.
    """
    said = insert(workspaces).values(workspace=workspace, generation=by)
    if by:
        more = workspaces.c.generation + by
        connection.execute(said.on_conflict_do_update(index_elements=["workspace"], set_={"generation": more}))
    else:
        connection.execute(said.on_conflict_do_nothing())
