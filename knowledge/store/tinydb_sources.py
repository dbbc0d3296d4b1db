"""The sources of a workspace's detections: ``sources.json`` says which file holds the detections of each.

An import writes the source's next file and then the index, so that it is there whole or not at all, and a reader
follows the index to a file that does not change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from knowledge.detections.model import Detection
from knowledge.store.compare import by_id, compare, remembered, same_content
from knowledge.store.contents import SourceContents
from knowledge.store.damage import DamageReport
from knowledge.store.errors import DamagedFileError, StoreError
from knowledge.store.model import Source, SourceChange, SourceImport
from knowledge.store.names import file_stem
from knowledge.store.safe_file import SafeFile, Stamp
from knowledge.store.tinydb_file import Session, TableFile
from knowledge.store.tinydb_revisions import RevisionFiles

_TABLE = "sources"
_TRIES = 10  # a reader whose file went while it looked looks again

Result = TypeVar("Result")


class SourceRecord(msgspec.Struct, frozen=True):
    """A source in the index.

    Attributes:
        revision: Which of its files holds the detections; 0 where none does.
        gone: It was removed, and only its history is left.
    """

    latest: SourceImport
    detections: int = 0
    revision: int = 0
    gone: bool = False


class _Index(msgspec.Struct):
    sources: dict[str, SourceRecord] = {}


class SourceShelf:
    """The sources of one workspace.

    Args:
        folder: The workspace's own.
        workspace: Its name.
        damage: Told of damaged files.
    """

    def __init__(self, folder: Path, workspace: str, damage: DamageReport) -> None:
        self._folder = folder
        self._index = TableFile(SafeFile(folder / "sources.json"), _TABLE, workspace, _Index, damage)
        self._revisions = RevisionFiles(folder, workspace, damage)
        self._swept = False
        self._everything: tuple[Stamp, tuple[Detection, ...]] | None = None

    def stamp(self) -> Stamp:
        """Another one after every change."""
        return self._index.stamp()

    def replace(self, source: SourceImport, detections: Iterable[Detection]) -> SourceChange:
        """Put these detections in place of the source's; see `Store.replace_source`."""
        after = by_id(detections)
        key = file_stem(source.label, source.name)

        def edit(session: Session) -> SourceChange:
            record = self._mended(session, key)
            before = self._revisions.detections(key, record.revision) if record else {}
            change = compare(source, before, after)
            if record is None or record.gone or not change.empty:
                self._write(session, key, record, SourceRecord(source, len(after)), after, change)
            elif not same_content(record.latest, source):
                session.put(_TABLE, key, msgspec.structs.replace(record, latest=source))
            return change

        return self._edit(edit)

    def remove(self, name: str, label: str, at: str) -> SourceChange | None:
        """Take a source away; see `Store.remove_source`."""
        key = file_stem(label, name)

        def edit(session: Session) -> SourceChange | None:
            record = self._mended(session, key)
            if record is None or record.gone:
                return None
            before = self._revisions.detections(key, record.revision)
            change = compare(SourceImport(name=name, label=label, imported_at=at), before, {}, gone=True)
            self._write(session, key, record, SourceRecord(record.latest, gone=True), {}, change)
            session.scrub()  # or the index's kept copy would name detections that are no more
            return change

        return self._edit(edit)

    def sources(self, label: str | None) -> tuple[Source, ...]:
        """The sources, by label and name."""
        chosen = _chosen(self._index.read(), None, label)
        return tuple(Source(record.latest, record.detections) for _, record in chosen if not record.gone)

    def detections(self, source: str | None, label: str | None) -> tuple[Detection, ...]:
        """The detections of the sources with this name and label; None stands for any."""
        if source is not None or label is not None:
            return tuple(self._gathered(source, label, self._held)[1])
        known = self._everything
        if known is None or known[0] != self._index.stamp():
            stamp, found = self._gathered(None, None, self._held)
            known = (stamp, tuple(found))
            self._everything = known
        return known[1]

    def history(self, source: str | None, label: str | None) -> tuple[SourceChange, ...]:
        """What imports changed, newest first."""
        changes = self._gathered(source, label, self._past)[1]
        return tuple(sorted(changes, key=lambda change: change.at, reverse=True))

    def contents(self) -> tuple[SourceContents, ...]:
        """Every source with its detections and history, the removed ones among them."""

        def read(key: str, record: SourceRecord) -> list[SourceContents]:
            bare = SourceImport(name=record.latest.name, label=record.latest.label)
            return [
                SourceContents(
                    latest=bare if record.gone else record.latest,
                    gone=record.gone,
                    detections=tuple(self._held(key, record)),
                    history=self._past(key, record),
                )
            ]

        return tuple(self._gathered(None, None, read)[1])

    def restore(self, contents: Iterable[SourceContents]) -> None:
        """Put these in place of every source there is."""
        wanted = {file_stem(each.latest.label, each.latest.name): each for each in contents}

        def edit(session: Session) -> None:
            for key in session.keys(_TABLE):
                if key not in wanted:
                    session.drop(_TABLE, [key])
                    session.afterwards.append(partial(self._revisions.tidy, key, 0, erase=True))
            for key, each in wanted.items():
                earlier = session.get(_TABLE, key, SourceRecord)
                record = SourceRecord(each.latest, len(each.detections), gone=each.gone)
                self._put(session, key, earlier, record, by_id(each.detections), each.history)
            session.scrub()

        self._edit(edit)

    def _edit(self, change: Callable[[Session], Result]) -> Result:
        def edit(session: Session) -> Result:
            if not self._swept:
                session.afterwards.append(lambda: self._sweep(session))
            return change(session)

        return self._index.edit(edit)

    def _sweep(self, session: Session) -> None:
        """Once a process: erase what removed sources left behind where a removal was cut off."""
        self._swept = True
        records = {key: session.get(_TABLE, key, SourceRecord) for key in session.keys(_TABLE)}
        gone = [(key, record.revision) for key, record in records.items() if record and record.gone]
        erased = [self._revisions.tidy(key, revision, erase=True) for key, revision in gone]
        if any(erased):
            session.scrub()

    def _gathered(
        self, source: str | None, label: str | None, read: Callable[[str, SourceRecord], Iterable[Result]]
    ) -> tuple[Stamp, list[Result]]:
        """What `read` finds in each source's file, all of them as one version of the index names them."""
        for _ in range(_TRIES):
            stamp, index = self._index.read_stamped()
            key, found = "", list[Result]()
            try:
                for key, record in _chosen(index, source, label):
                    found.extend(read(key, record))
            except DamagedFileError:  # or replaced twice over since we saw the index
                self._mend(key)
            else:
                return stamp, found
        raise StoreError(f"{self._folder}: the detections change quicker than they can be read; try again.")

    def _held(self, key: str, record: SourceRecord) -> Iterable[Detection]:
        return self._revisions.detections(key, record.revision).values()

    def _past(self, key: str, record: SourceRecord) -> tuple[SourceChange, ...]:
        return self._revisions.history(key, record.revision)

    def _mend(self, key: str) -> None:
        self._edit(lambda session: self._mended(session, key))

    def _mended(self, session: Session, key: str) -> SourceRecord | None:
        """The source's record; where its file is damaged, the record of the content before."""
        record = session.get(_TABLE, key, SourceRecord)
        if record is None or not record.revision:
            return record
        revision = self._revisions.newest_sound(key, record.revision)
        if revision != record.revision:
            held = len(self._revisions.detections(key, revision))
            record = msgspec.structs.replace(record, revision=revision, detections=held)
            session.put(_TABLE, key, record)
        return record

    def _write(
        self,
        session: Session,
        key: str,
        earlier: SourceRecord | None,
        record: SourceRecord,
        detections: dict[str, Detection],
        change: SourceChange,
    ) -> None:
        history = self._revisions.history(key, earlier.revision) if earlier else ()
        if not change.empty:
            history = remembered(history, change)
        self._put(session, key, earlier, record, detections, history)

    def _put(
        self,
        session: Session,
        key: str,
        earlier: SourceRecord | None,
        record: SourceRecord,
        detections: dict[str, Detection],
        history: tuple[SourceChange, ...],
    ) -> None:
        revision = earlier.revision + 1 if earlier else 1
        self._revisions.write(key, revision, detections, history)
        session.put(_TABLE, key, msgspec.structs.replace(record, revision=revision))
        session.afterwards.append(partial(self._revisions.tidy, key, revision, erase=record.gone))


def _chosen(index: _Index, source: str | None, label: str | None) -> list[tuple[str, SourceRecord]]:
    """The sources with this name and label, by label and name."""
    chosen = [
        (key, record)
        for key, record in index.sources.items()
        if source in (None, record.latest.name) and label in (None, record.latest.label)
    ]
    return sorted(chosen, key=lambda each: (each[1].latest.label, each[1].latest.name))
