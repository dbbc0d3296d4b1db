"""Sources and their detections in PostgreSQL: one row a detection, a source replaced in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from knowledge.detections.model import Detection
from knowledge.store.compare import by_id, compare, remembered, same_content
from knowledge.store.contents import SourceContents
from knowledge.store.model import HISTORY_KEPT, Source, SourceChange, SourceImport
from knowledge.store.names import checked, encodable
from knowledge.store.postgresql_database import Database
from knowledge.store.postgresql_rows import at, count_up, read, read_all, written
from knowledge.store.postgresql_tables import detections, source_changes, sources

_KEY = ("workspace", "label", "name")


class PostgreSQLSources:
    """The part of a `Store` that keeps sources.

    Args:
        database: Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace_source(self, workspace: str, source: SourceImport, detections: Iterable[Detection]) -> SourceChange:
        """See `Store.replace_source`."""
        checked("source", source.name)
        if source.label:
            checked("team label", source.label)
        said, after = encodable(source), by_id(detections)
        key = {"workspace": checked("workspace", workspace), "label": said.label, "name": said.name}
        with self._database.changing() as connection:
            place = insert(sources).values(**key, gone=True, detections=0, latest="{}")
            connection.execute(place.on_conflict_do_nothing())  # so that there is a row to lock
            earlier = _locked(connection, key)
            before = by_id(_held(connection, key)) if earlier else {}
            change = compare(said, before, after)
            if earlier and change.empty and same_content(earlier, said):
                return change
            if not change.empty:
                _put_detections(connection, key, tuple(after.values()))
                _remember(connection, key, change)
            _put_source(connection, key, said, len(after))
            count_up(connection, key["workspace"])
            return change

    def remove_source(self, workspace: str, name: str, *, label: str = "", at: str = "") -> SourceChange | None:
        """See `Store.remove_source`."""
        key = {"workspace": checked("workspace", workspace), "label": encodable(label), "name": encodable(name)}
        with self._database.changing() as connection:
            if _locked(connection, key) is None:
                return None
            bare = SourceImport(name=key["name"], label=key["label"])
            before = by_id(_held(connection, key))
            change = compare(SourceImport(name=bare.name, label=bare.label, imported_at=at), before, {}, gone=True)
            _put_detections(connection, key, ())
            _remember(connection, key, change)
            _put_source(connection, key, bare, 0, gone=True)
            count_up(connection, key["workspace"])
            return change

    def sources(self, workspace: str, *, label: str | None = None) -> tuple[Source, ...]:
        """See `Store.sources`."""
        chosen = _chosen(sources, checked("workspace", workspace), None, encodable(label))
        query = sa.select(sources.c.latest, sources.c.detections).where(chosen, sa.not_(sources.c.gone))
        with self._database.asking() as connection:
            rows = connection.execute(query.order_by(*_in_order(sources))).all()
        return tuple(Source(read(latest, SourceImport), count) for latest, count in rows)

    def history(
        self, workspace: str, *, source: str | None = None, label: str | None = None
    ) -> tuple[SourceChange, ...]:
        """See `Store.history`."""
        chosen = _chosen(source_changes, checked("workspace", workspace), encodable(source), encodable(label))
        query = sa.select(source_changes.c.document).where(chosen)
        with self._database.asking() as connection:
            rows = connection.scalars(query.order_by(*_in_order(source_changes), source_changes.c.ordinal.desc())).all()
        return tuple(sorted(read_all(rows, SourceChange), key=lambda change: change.at, reverse=True))


def held_detections(
    connection: sa.Connection, workspace: str, source: str | None = None, label: str | None = None
) -> tuple[Detection, ...]:
    """The detections of the sources with this name and label; None stands for any."""
    query = sa.select(detections.c.document).where(_chosen(detections, workspace, source, label))
    rows = connection.scalars(query.order_by(*_in_order(detections), detections.c.position))
    return read_all(rows, Detection)


def source_contents(connection: sa.Connection, workspace: str) -> tuple[SourceContents, ...]:
    """Every source with its detections and history, the removed ones among them."""
    query = sa.select(sources).where(at(sources, workspace=workspace)).order_by(*_in_order(sources))
    found: list[SourceContents] = []
    for row in connection.execute(query).all():
        key = {"workspace": row.workspace, "label": row.label, "name": row.name}
        found.append(
            SourceContents(
                latest=read(row.latest, SourceImport),
                gone=row.gone,
                detections=_held(connection, key),
                history=_remembered(connection, key),
            )
        )
    return tuple(found)


def restore_sources(connection: sa.Connection, workspace: str, contents: Iterable[SourceContents]) -> None:
    """Put these in place of every source there is."""
    for table in (detections, source_changes, sources):
        connection.execute(sa.delete(table).where(at(table, workspace=workspace)))
    for each in contents:
        key = {"workspace": workspace, "label": each.latest.label, "name": each.latest.name}
        _put_detections(connection, key, each.detections)
        for change in reversed(each.history):
            connection.execute(sa.insert(source_changes).values(**key, document=written(change)))
        _put_source(connection, key, each.latest, len(each.detections), gone=each.gone)


def _in_order(table: sa.Table) -> tuple[sa.Column[str], sa.Column[str]]:
    return table.c.label, table.c.name


def _chosen(table: sa.Table, workspace: str, source: str | None, label: str | None) -> sa.ColumnElement[bool]:
    narrowed = {"name": source, "label": label}
    return at(table, workspace=workspace, **{name: value for name, value in narrowed.items() if value is not None})


def _locked(connection: sa.Connection, key: dict[str, str]) -> SourceImport | None:
    """The source's last import, and nobody else changes the source before we are through; None where there is none."""
    row = connection.execute(sa.select(sources).where(at(sources, **key)).with_for_update()).first()
    return None if row is None or row.gone else read(row.latest, SourceImport)


def _held(connection: sa.Connection, key: dict[str, str]) -> tuple[Detection, ...]:
    return held_detections(connection, key["workspace"], key["name"], key["label"])


def _remembered(connection: sa.Connection, key: dict[str, str]) -> tuple[SourceChange, ...]:
    query = sa.select(source_changes.c.document).where(at(source_changes, **key))
    return read_all(connection.scalars(query.order_by(source_changes.c.ordinal.desc())), SourceChange)


def _put_source(
    connection: sa.Connection, key: dict[str, str], latest: SourceImport, held: int, *, gone: bool = False
) -> None:
    values = {"gone": gone, "detections": held, "latest": written(latest)}
    said = insert(sources).values(**key, **values)
    connection.execute(said.on_conflict_do_update(index_elements=list(_KEY), set_=values))


def _put_detections(connection: sa.Connection, key: dict[str, str], held: Sequence[Detection]) -> None:
    connection.execute(sa.delete(detections).where(at(detections, **key)))
    documents = sa.bindparam("documents", [written(each) for each in held], ARRAY(sa.Text()))
    given = (
        sa.func.unnest(documents).table_valued("document", with_ordinality="position", name="given").render_derived()
    )
    own = [sa.literal(key[name], detections.c[name].type) for name in _KEY]
    rows = sa.select(*own, sa.cast(given.c.position, sa.Integer), given.c.document)
    connection.execute(sa.insert(detections).from_select([*_KEY, "position", "document"], rows))


def _remember(connection: sa.Connection, key: dict[str, str], change: SourceChange) -> None:
    (trimmed,) = remembered((), change)
    connection.execute(sa.insert(source_changes).values(**key, document=written(trimmed)))
    mine = at(source_changes, **key)
    newest = sa.select(source_changes.c.ordinal).where(mine).order_by(source_changes.c.ordinal.desc())
    kept = newest.limit(HISTORY_KEPT).scalar_subquery()
    connection.execute(sa.delete(source_changes).where(mine, source_changes.c.ordinal.not_in(kept)))
