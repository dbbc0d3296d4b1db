"""Confirmations, sources with their detections and history, profiles, and what is collected."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first tables."""
    op.execute("CREATE SEQUENCE attackbot_ordinal")
    op.create_table(
        "attackbot_workspace",
        _key("workspace"),
        sa.Column("generation", sa.BigInteger(), nullable=False),
    )
    op.create_table("attackbot_confirmation", _key("workspace"), _key("id"), _ordinal(), _document("document"))
    op.create_table(
        "attackbot_source",
        *(_key("workspace"), _key("label"), _key("name")),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("detections", sa.Integer(), nullable=False),
        _document("latest"),
    )
    op.create_table(
        "attackbot_detection",
        *(_key("workspace"), _key("label"), _key("name")),
        sa.Column("position", sa.Integer(), primary_key=True),
        _document("document"),
    )
    op.create_table(
        "attackbot_source_change",
        *(_key("workspace"), _key("label"), _key("name")),
        _ordinal(primary_key=True),
        _document("document"),
    )
    op.create_table("attackbot_profile", _key("workspace"), _document("document"))
    op.create_table("attackbot_collected", _key("workspace"), _key("name"), _document("document"))


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), primary_key=True)


def _document(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _ordinal(*, primary_key: bool = False) -> sa.Column[int]:
    following = sa.text("nextval('attackbot_ordinal')")
    return sa.Column("ordinal", sa.BigInteger(), server_default=following, nullable=False, primary_key=primary_key)
