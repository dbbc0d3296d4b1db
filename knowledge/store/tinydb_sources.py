"""The sources of a workspace's detections, on disk.

``sources.json`` says for each source which file holds its detections: ``source-NAME.7.json`` is its seventh
content, and its history. An import writes the next file and then the index, so that it is there whole or not at
all, and a reader follows the index to a file that does not change. The content before stays, in case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from knowledge.detections.model import Detection
from knowledge.store.compare import by_id, compare, remembered, same_content
from knowledge.store.damage import DamageReport
from knowledge.store.envelope import read_shape
from knowledge.store.errors import DamagedFileError, StoreError
from knowledge.store.model import Source, SourceChange, SourceImport
from knowledge.store.names import file_stem
from knowledge.store.safe_file import SafeFile, Stamp
from knowledge.store.tinydb_file import CheckedStorage, Session, TableFile

_REVISIONS_KEPT = 3
_REVISION = re.compile(r"\.(\d+)\.json$")
_TRIES = 10  # a reader whose file was replaced under its eyes looks again


class SourceRecord(msgspec.Struct, frozen=True):
    """A source in the index.

    Attributes:
        revision: Which of its files holds the detections; 0 where none does.
        gone: It was removed, and only its history is left.
    """

    latest: SourceImport
    detections: int
    revision: int
    gone: bool = False


class _Index(msgspec.Struct):
    sources: dict[str, SourceRecord] = {}


class _Detections(msgspec.Struct):
    detections: dict[str, Detection] = {}


class _History(msgspec.Struct):
    history: dict[str, SourceChange] = {}


class SourceShelf:
    """The sources of one workspace.

    Args:
        folder: The workspace's own.
        workspace: Its name.
        damage: Told of damaged files.
    """

    def __init__(self, folder: Path, workspace: str, damage: DamageReport) -> None:
        self._folder = folder
        self._workspace = workspace
        self._damage = damage
        self._lock_path = folder / "sources.json.lock"
        self._index = TableFile(SafeFile(folder / "sources.json"), "sources", workspace, _Index, damage)
        self._decoded: dict[str, tuple[int, Stamp, dict[str, Detection]]] = {}
        self._everything: tuple[Stamp, tuple[Detection, ...]] | None = None

    def stamp(self) -> Stamp:
        """Another one after every change."""
        return self._index.stamp()

    def replace(self, source: SourceImport, detections: Iterable[Detection]) -> SourceChange:
        """Put these detections in place of the source's; see `Store.replace_source`."""
        after = by_id(detections)
        key = file_stem(source.label, source.name)

        def edit(session: Session) -> SourceChange:
            record = session.get("sources", key, SourceRecord)
            before, history = self._contents(key, record)
            change = compare(source, before, after)
            if record is not None and not record.gone and change.empty:
                if not same_content(record.latest, source):
                    session.put("sources", key, msgspec.structs.replace(record, latest=source))
                return change
            self._put(session, key, record, SourceRecord(source, len(after), 0), after, history, change)
            return change

        return self._index.edit(edit)

    def remove(self, name: str, label: str, at: str) -> SourceChange | None:
        """Take a source away; see `Store.remove_source`."""
        key = file_stem(label, name)

        def edit(session: Session) -> SourceChange | None:
            record = session.get("sources", key, SourceRecord)
            if record is None or record.gone:
                return None
            before, history = self._contents(key, record)
            change = compare(SourceImport(name=name, label=label, imported_at=at), before, {}, gone=True)
            self._put(session, key, record, SourceRecord(record.latest, 0, 0, gone=True), {}, history, change)
            return change

        return self._index.edit(edit)

    def sources(self, label: str | None) -> tuple[Source, ...]:
        """The sources, by label and name."""
        chosen = self._chosen(self._index.read(), None, label)
        return tuple(Source(record.latest, record.detections) for _, record in chosen)

    def detections(self, source: str | None, label: str | None) -> tuple[Detection, ...]:
        """The detections of the sources with this name and label; None stands for any."""
        for _ in range(_TRIES):
            stamp, index = self._index.read_stamped()
            everything = source is None and label is None
            if everything and self._everything is not None and self._everything[0] == stamp:
                return self._everything[1]
            key = ""
            try:
                found: list[Detection] = []
                for key, record in self._chosen(index, source, label):
                    found.extend(self._read(key, record).values())
            except DamagedFileError:
                self._index.edit(self._mending(key))
                continue
            if everything:
                self._everything = (stamp, tuple(found))
            return tuple(found)
        raise StoreError(f"{self._folder}: the detections change quicker than they can be read; try again.")

    def history(self, source: str | None, label: str | None) -> tuple[SourceChange, ...]:
        """What imports changed, newest first."""
        changes: list[SourceChange] = []
        for key, record in self._index.read().sources.items():
            if source in (None, record.latest.name) and label in (None, record.latest.label):
                changes.extend(self._history(key, record))
        return tuple(sorted(changes, key=lambda change: change.at, reverse=True))

    def _chosen(self, index: _Index, source: str | None, label: str | None) -> list[tuple[str, SourceRecord]]:
        chosen = [
            (key, record)
            for key, record in index.sources.items()
            if not record.gone and source in (None, record.latest.name) and label in (None, record.latest.label)
        ]
        return sorted(chosen, key=lambda each: (each[1].latest.label, each[1].latest.name))
