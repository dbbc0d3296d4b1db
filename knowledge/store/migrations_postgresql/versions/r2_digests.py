"""Subscriptions, the claims of digests, and tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the regular post."""
    op.create_table(
        "attackbot_subscription",
        *(_key("workspace"), _key("id"), _words("next_due")),
        sa.Column("paused", sa.Boolean(), nullable=False),
        _document(),
    )
    op.create_index("attackbot_subscription_due", "attackbot_subscription", ["next_due"])
    op.create_table(
        "attackbot_digest",
        *(_key("workspace"), _key("subscription_id"), _key("period")),
        *(_words("state"), _words("claimant"), _words("claimed_at")),
        sa.Column("attempt", sa.Integer(), nullable=False),
        *(_words("channel"), _words("ts"), _words("content"), _words("posted_at")),
    )
    op.create_table("attackbot_task", _key("workspace"), _key("change_id"), _document())


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), primary_key=True)


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), nullable=False)


def _document() -> sa.Column[str]:
    return sa.Column("document", sa.Text(), nullable=False)
