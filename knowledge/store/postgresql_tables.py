"""The tables in PostgreSQL, as the newest of the migrations leaves them; a test holds the two together.

Columns are for what is looked up, ordered or decided by; everything else of a noun is its JSON in `document`. That
is of type text, because ``json`` and ``jsonb`` do not take every character that alert text may hold.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

METADATA = sa.MetaData()


class Words(sa.types.TypeDecorator[str]):
    r"""Text of any characters, ordered as Python orders it. PostgreSQL has no NUL, so that is written ``\0``."""

    impl = sa.Text
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(collation="C")

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002 - as SQLAlchemy has it
        """From Python to PostgreSQL."""
        return None if value is None else value.replace("\\", "\\\\").replace("\0", "\\0")

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        """From PostgreSQL to Python."""
        return None if value is None else "\\".join(part.replace("\\0", "\0") for part in value.split("\\\\"))


def _table(name: str, *columns: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(f"attackbot_{name}", METADATA, *columns)


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, Words(), primary_key=True)


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, Words(), nullable=False)


def _document(name: str = "document") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


ORDINAL = sa.Sequence("attackbot_ordinal", metadata=METADATA)
"""What came later has the higher number."""


def _ordinal(**how: Any) -> sa.Column[int]:
    return sa.Column("ordinal", sa.BigInteger(), server_default=ORDINAL.next_value(), nullable=False, **how)


workspaces = _table("workspace", _key("workspace"), sa.Column("generation", sa.BigInteger(), nullable=False))
confirmations = _table("confirmation", _key("workspace"), _key("id"), _ordinal(), _document())
sources = _table(
    "source",
    *(_key("workspace"), _key("label"), _key("name")),
    sa.Column("gone", sa.Boolean(), nullable=False),
    sa.Column("detections", sa.Integer(), nullable=False),
    _document("latest"),
)
detections = _table(
    "detection",
    *(_key("workspace"), _key("label"), _key("name")),
    sa.Column("position", sa.Integer(), primary_key=True),
    _document(),
)
source_changes = _table(
    "source_change",
    *(_key("workspace"), _key("label"), _key("name")),
    _ordinal(primary_key=True),
    _document(),
)
profiles = _table("profile", _key("workspace"), _document())
collected = _table("collected", _key("workspace"), _key("name"), _document())
subscriptions = _table(
    "subscription",
    *(_key("workspace"), _key("id"), _words("next_due")),
    sa.Column("paused", sa.Boolean(), nullable=False),
    _document(),
    sa.Index("attackbot_subscription_due", "next_due"),
)
digests = _table(
    "digest",
    *(_key("workspace"), _key("subscription_id"), _key("period")),
    *(_words("state"), _words("claimant"), _words("claimed_at")),
    sa.Column("attempt", sa.Integer(), nullable=False),
    *(_words("channel"), _words("ts"), _words("content"), _words("posted_at")),
)
tasks = _table("task", _key("workspace"), _key("change_id"), _document())
