"""The store for more than one process or machine: a PostgreSQL database, through SQLAlchemy and psycopg.

Every change is one transaction, and counts up its workspace's generation in it. What is listed often is kept decoded
until the generation is another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import sqlalchemy as sa

from knowledge.detections.model import Detection
from knowledge.store.contents import WorkspaceContents
from knowledge.store.model import Collected, Confirmation, Problem, TeamProfile
from knowledge.store.names import bounded, checked, encodable
from knowledge.store.postgresql_database import Database
from knowledge.store.postgresql_digests import (
    PostgreSQLDigests,
    all_digests,
    all_subscriptions,
    all_tasks,
    restore_digests,
)
from knowledge.store.postgresql_rows import at, count_up, put, read, read_all, written
from knowledge.store.postgresql_schema import bring_up_to_date
from knowledge.store.postgresql_sources import PostgreSQLSources, held_detections, restore_sources, source_contents
from knowledge.store.postgresql_tables import collected, confirmations, profiles, workspaces

Result = TypeVar("Result")


class PostgreSQLStore(PostgreSQLSources, PostgreSQLDigests):
    """A `Store` in a database, whose tables are made or brought up to date here.

    Args:
        address: ``postgresql://USER:PASSWORD@HOST:PORT/DATABASE``; libpq's options may follow a question mark.

    Raises:
        StoreError: The address is not understood, the database cannot be reached or does not let us.
        NewerSchemaError: A later version of this program has its tables there.
    """

    def __init__(self, address: str) -> None:
        super().__init__(Database(address))
        self._kept: dict[tuple[str, str], tuple[str, Any]] = {}
        try:
            bring_up_to_date(self._database)
        except BaseException:
            self.close()
            raise

    def generation(self, workspace: str) -> str:
        """See `Store.generation`; one question for one row."""
        with self._database.asking() as connection:
            return _generation(connection, checked("workspace", workspace))

    def workspaces(self) -> tuple[str, ...]:
        """See `Store.workspaces`."""
        with self._database.asking() as connection:
            return tuple(sorted(connection.scalars(sa.select(workspaces.c.workspace))))

    def add_confirmation(self, workspace: str, confirmation: Confirmation) -> bool:
        """See `Store.add_confirmation`."""
        there, said = checked("workspace", workspace), encodable(confirmation)
        with self._database.changing() as connection:
            row = {"workspace": there, "id": bounded(said.id), "document": written(said)}
            changed = put(connection, confirmations, row)
            if changed:
                count_up(connection, there)
            return changed

    def confirmations(self, workspace: str) -> tuple[Confirmation, ...]:
        """See `Store.confirmations`."""
        return self._listed(workspace, "confirmations", _all_confirmations)

    def erase_confirmation(self, workspace: str, confirmation_id: str) -> bool:
        """See `Store.erase_confirmation`."""
        key = {"id": bounded(encodable(confirmation_id))}
        return bool(self._erase(workspace, confirmations, at(confirmations, **key)))

    def erase_confirmations(self, workspace: str) -> int:
        """See `Store.erase_confirmations`."""
        return self._erase(workspace, confirmations, sa.true())

    def detections(
        self, workspace: str, *, source: str | None = None, label: str | None = None
    ) -> tuple[Detection, ...]:
        """See `Store.detections`."""
        if source is None and label is None:
            return self._listed(workspace, "detections", held_detections)
        with self._database.asking() as connection:
            return held_detections(connection, checked("workspace", workspace), encodable(source), encodable(label))

    def profile(self, workspace: str) -> TeamProfile:
        """See `Store.profile`."""
        with self._database.asking() as connection:
            return _profile(connection, checked("workspace", workspace))

    def save_profile(self, workspace: str, profile: TeamProfile) -> bool:
        """See `Store.save_profile`."""
        there, said = checked("workspace", workspace), encodable(profile)
        with self._database.changing() as connection:
            if said == TeamProfile() == _profile(connection, there):
                return False
            changed = put(connection, profiles, {"workspace": there, "document": written(said)})
            if changed:
                count_up(connection, there)
            return changed

    def collected(self, workspace: str) -> tuple[Collected, ...]:
        """See `Store.collected`."""
        with self._database.asking() as connection:
            return _all_collected(connection, checked("workspace", workspace))

    def mark_collected(self, workspace: str, entries: Iterable[Collected]) -> int:
        """See `Store.mark_collected`."""
        there, said = checked("workspace", workspace), {each.name: each for each in map(encodable, entries)}
        for name in said:
            checked("log source", name)
        with self._database.changing() as connection:
            # In the order of names, so that two who mark the same never wait for each other.
            rows = ({"workspace": there, "name": name, "document": written(said[name])} for name in sorted(said))
            new = sum([put(connection, collected, row) for row in rows])
            if new:
                count_up(connection, there)
            return new

    def forget_collected(self, workspace: str, names: Iterable[str]) -> int:
        """See `Store.forget_collected`."""
        return self._erase(workspace, collected, collected.c.name.in_([encodable(name) for name in names]))

    def contents(self, workspace: str) -> WorkspaceContents:
        """See `Store.contents`; all of one moment."""
        there = checked("workspace", workspace)
        with self._database.reading() as connection:
            return WorkspaceContents(
                confirmations=_all_confirmations(connection, there),
                sources=source_contents(connection, there),
                profile=_profile(connection, there),
                collected=_all_collected(connection, there),
                subscriptions=all_subscriptions(connection, there),
                digests=all_digests(connection, there),
                tasks=all_tasks(connection, there),
            )

    def restore(self, workspace: str, contents: WorkspaceContents) -> None:
        """See `Store.restore`; in one transaction."""
        there = checked("workspace", workspace)
        rows: dict[sa.Table, list[dict[str, str]]] = {
            confirmations: [
                {"workspace": there, "id": bounded(each.id), "document": written(each)}
                for each in contents.confirmations
            ],
            collected: [
                {"workspace": there, "name": each.name, "document": written(each)} for each in contents.collected
            ],
            profiles: [{"workspace": there, "document": written(contents.profile)}],
        }
        with self._database.changing() as connection:
            for table, those in rows.items():
                connection.execute(sa.delete(table).where(at(table, workspace=there)))
                if those:
                    connection.execute(sa.insert(table), those)
            restore_sources(connection, there, contents.sources)
            restore_digests(connection, there, contents)
            count_up(connection, there)

    def problems(self) -> tuple[Problem, ...]:
        """See `Store.problems`; a database looks after its own files."""
        return ()

    def close(self) -> None:
        """See `Store.close`."""
        self._database.close()

    def _listed(self, workspace: str, what: str, query: Callable[[sa.Connection, str], Result]) -> Result:
        """A list, decoded once for each generation."""
        there = checked("workspace", workspace)
        known: tuple[str, Result] | None = self._kept.get((there, what))
        if known is None or known[0] != self.generation(there):
            with self._database.reading() as connection:
                known = (_generation(connection, there), query(connection, there))
            self._kept[there, what] = known
        return known[1]

    def _erase(self, workspace: str, table: sa.Table, which: sa.ColumnElement[bool]) -> int:
        there = checked("workspace", workspace)
        with self._database.changing() as connection:
            gone = connection.execute(sa.delete(table).where(at(table, workspace=there), which)).rowcount
            if gone:
                count_up(connection, there)
            return gone


def _generation(connection: sa.Connection, workspace: str) -> str:
    query = sa.select(workspaces.c.generation).where(at(workspaces, workspace=workspace))
    return str(connection.scalar(query) or 0)


def _all_confirmations(connection: sa.Connection, workspace: str) -> tuple[Confirmation, ...]:
    query = sa.select(confirmations.c.document).where(at(confirmations, workspace=workspace))
    return read_all(connection.scalars(query.order_by(confirmations.c.ordinal)), Confirmation)


def _all_collected(connection: sa.Connection, workspace: str) -> tuple[Collected, ...]:
    query = sa.select(collected.c.document).where(at(collected, workspace=workspace))
    return read_all(connection.scalars(query.order_by(collected.c.name)), Collected)


def _profile(connection: sa.Connection, workspace: str) -> TeamProfile:
    document = connection.scalar(sa.select(profiles.c.document).where(at(profiles, workspace=workspace)))
    return TeamProfile() if document is None else read(document, TeamProfile)
