"""Digests in PostgreSQL: each step of a claim is one statement, so that of any number of processes one succeeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from knowledge.store.contents import WorkspaceContents
from knowledge.store.digests import POSTED_KEPT, ClaimState, DigestClaim, Subscription, Task
from knowledge.store.instants import checked_instant, earlier
from knowledge.store.names import checked, encodable
from knowledge.store.postgresql_database import Database
from knowledge.store.postgresql_rows import at, count_up, put, read, read_all, written
from knowledge.store.postgresql_tables import digests, subscriptions, tasks
from knowledge.store.shared_digests import SharedDigests, first_claim

_CLAIM = tuple(digests.c[each.name] for each in fields(DigestClaim))


class PostgreSQLDigests(SharedDigests):
    """A `DigestStore` in a database.

    Args:
        database: Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def save_subscription(self, subscription: Subscription) -> bool:
        """See `DigestStore.save_subscription`."""
        said = encodable(subscription)
        checked("subscription", said.id)
        return self._save(checked("workspace", said.workspace), subscriptions, _row(said))

    def subscriptions(self, workspace: str) -> tuple[Subscription, ...]:
        """See `DigestStore.subscriptions`."""
        with self._database.asking() as connection:
            return all_subscriptions(connection, checked("workspace", workspace))

    def due_subscriptions(self, at: str) -> tuple[Subscription, ...]:
        """See `DigestStore.due_subscriptions`."""
        due = subscriptions.c.next_due
        query = sa.select(subscriptions.c.document).where(
            due != "", due <= checked_instant("the time asked for", at), sa.not_(subscriptions.c.paused)
        )
        with self._database.asking() as connection:
            rows = connection.scalars(query.order_by(due, subscriptions.c.workspace, subscriptions.c.id))
            return read_all(rows, Subscription)

    def remove_subscription(self, workspace: str, subscription_id: str) -> bool:
        """See `DigestStore.remove_subscription`."""
        there, exact = checked("workspace", workspace), encodable(subscription_id)
        with self._database.changing() as connection:
            connection.execute(sa.delete(digests).where(at(digests, workspace=there, subscription_id=exact)))
            gone = connection.execute(sa.delete(subscriptions).where(at(subscriptions, workspace=there, id=exact)))
            return bool(gone.rowcount)

    def claim_digest(
        self, workspace: str, subscription_id: str, period: str, *, claimant: str, at: str, lease: timedelta
    ) -> DigestClaim | None:
        """See `DigestStore.claim_digest`."""
        mine = first_claim(subscription_id, period, claimant, at)
        said = insert(digests).values(workspace=checked("workspace", workspace), **asdict(mine))
        taken = {
            "claimant": said.excluded.claimant,
            "claimed_at": said.excluded.claimed_at,
            "attempt": digests.c.attempt + 1,
        }
        abandoned = sa.and_(digests.c.state == ClaimState.CLAIMED, digests.c.claimed_at <= earlier(at, lease))
        keys = [each.name for each in digests.primary_key.columns]
        statement = said.on_conflict_do_update(index_elements=keys, set_=taken, where=abandoned).returning(*_CLAIM)
        with self._database.changing() as connection:
            row = connection.execute(statement).first()
            if row is not None and row.attempt == 1:
                count_up(connection, checked("workspace", workspace), by=0)
        return None if row is None else _claim(row)

    def mark_posted(
        self, workspace: str, claim: DigestClaim, *, at: str, channel: str = "", ts: str = "", content: str = ""
    ) -> bool:
        """See `DigestStore.mark_posted`."""
        values = {
            "state": str(ClaimState.POSTED),
            "claimant": encodable(claim.claimant),
            "channel": encodable(channel),
            "ts": encodable(ts),
            "content": encodable(content),
            "posted_at": checked_instant("the time of posting", at),
        }
        with self._database.changing() as connection:
            there = checked("workspace", workspace)
            statement = sa.update(digests).where(_unfinished(there, claim)).values(**values)
            marked = bool(connection.execute(statement).rowcount)
            if marked:
                connection.execute(_forget_the_past(there, encodable(claim.subscription_id)))
            return marked

    def find_digest(self, workspace: str, subscription_id: str, period: str) -> DigestClaim | None:
        """See `DigestStore.find_digest`."""
        there = checked("workspace", workspace)
        which = at(digests, workspace=there, subscription_id=encodable(subscription_id), period=encodable(period))
        with self._database.asking() as connection:
            row = connection.execute(sa.select(*_CLAIM).where(which)).first()
        return None if row is None else _claim(row)

    def digests(self, workspace: str) -> tuple[DigestClaim, ...]:
        """See `DigestStore.digests`."""
        with self._database.asking() as connection:
            return all_digests(connection, checked("workspace", workspace))

    def save_task(self, workspace: str, task: Task) -> bool:
        """See `DigestStore.save_task`."""
        there, said = checked("workspace", workspace), encodable(task)
        row = {"workspace": there, "change_id": checked("change", said.change_id), "document": written(said)}
        return self._save(there, tasks, row)

    def tasks(self, workspace: str) -> tuple[Task, ...]:
        """See `DigestStore.tasks`."""
        with self._database.asking() as connection:
            return all_tasks(connection, checked("workspace", workspace))

    def _save(self, workspace: str, table: sa.Table, row: dict[str, Any]) -> bool:
        with self._database.changing() as connection:
            changed = put(connection, table, row)
            if changed:
                count_up(connection, workspace, by=0)
            return changed

    def _change(self, workspace: str, subscription_id: str, change: Callable[[Subscription], Subscription]) -> bool:
        which = at(subscriptions, workspace=checked("workspace", workspace), id=encodable(subscription_id))
        with self._database.changing() as connection:
            known = connection.scalar(sa.select(subscriptions.c.document).where(which).with_for_update())
            if known is not None:
                put(connection, subscriptions, _row(change(read(known, Subscription))))
            return known is not None

    def _date_claim(self, workspace: str, claim: DigestClaim, claimed_at: str) -> DigestClaim | None:
        ours = (
            _unfinished(checked("workspace", workspace), claim),
            digests.c.claimed_at != "",
            digests.c.claimant == encodable(claim.claimant),
            digests.c.attempt == claim.attempt,
        )
        statement = sa.update(digests).where(*ours).values(claimed_at=claimed_at).returning(*_CLAIM)
        with self._database.changing() as connection:
            row = connection.execute(statement).first()
        return None if row is None else _claim(row)


def all_subscriptions(connection: sa.Connection, workspace: str) -> tuple[Subscription, ...]:
    """A workspace's subscriptions, the oldest first."""
    query = sa.select(subscriptions.c.document).where(at(subscriptions, workspace=workspace))
    return tuple(sorted(read_all(connection.scalars(query), Subscription), key=lambda each: each.place))


def all_digests(connection: sa.Connection, workspace: str) -> tuple[DigestClaim, ...]:
    """A workspace's claims, by subscription and period."""
    query = sa.select(*_CLAIM).where(at(digests, workspace=workspace))
    return tuple(map(_claim, connection.execute(query.order_by(digests.c.subscription_id, digests.c.period))))


def all_tasks(connection: sa.Connection, workspace: str) -> tuple[Task, ...]:
    """A workspace's tasks, by change."""
    query = sa.select(tasks.c.document).where(at(tasks, workspace=workspace))
    return read_all(connection.scalars(query.order_by(tasks.c.change_id)), Task)


def restore_digests(connection: sa.Connection, workspace: str, contents: WorkspaceContents) -> None:
    """Put these in place of every subscription, claim and task there is."""
    rows: dict[sa.Table, list[dict[str, Any]]] = {
        subscriptions: [_row(each) for each in contents.subscriptions],
        digests: [{"workspace": workspace, **asdict(each)} for each in contents.digests],
        tasks: [
            {"workspace": workspace, "change_id": each.change_id, "document": written(each)} for each in contents.tasks
        ],
    }
    for table, those in rows.items():
        connection.execute(sa.delete(table).where(at(table, workspace=workspace)))
        if those:
            connection.execute(sa.insert(table), those)


def _row(subscription: Subscription) -> dict[str, Any]:
    return {
        "workspace": subscription.workspace,
        "id": subscription.id,
        "next_due": subscription.next_due,
        "paused": bool(subscription.paused),
        "document": written(subscription),
    }


def _claim(row: sa.Row[Any]) -> DigestClaim:
    values = row._asdict()
    return DigestClaim(**{**values, "state": ClaimState(values["state"])})


def _unfinished(workspace: str, claim: DigestClaim) -> sa.ColumnElement[bool]:
    subscription_id, period = encodable(claim.subscription_id), encodable(claim.period)
    which = at(digests, workspace=workspace, subscription_id=subscription_id, period=period)
    return sa.and_(which, digests.c.state == ClaimState.CLAIMED)


def _forget_the_past(workspace: str, subscription_id: str) -> sa.Delete:
    """Of the posted digests of a subscription, leave the newest."""
    mine = sa.and_(
        at(digests, workspace=workspace, subscription_id=subscription_id), digests.c.state == ClaimState.POSTED
    )
    newest = sa.select(digests.c.period).where(mine).order_by(digests.c.posted_at.desc(), digests.c.period.desc())
    return sa.delete(digests).where(mine, digests.c.period.in_(newest.offset(POSTED_KEPT).scalar_subquery()))
