"""The contents of detection sources on disk: one file for each content a source has had lately.

``source-NAME.7.json`` is the seventh content of a source, with the history up to it. A file that an index names is
never changed; it goes when newer ones have taken its place.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
from tinydb import TinyDB
from tinydb.table import Document

from knowledge.detections.model import Detection
from knowledge.store.damage import DamageReport
from knowledge.store.envelope import read_shape
from knowledge.store.errors import DamagedFileError, StoreError
from knowledge.store.model import SourceChange
from knowledge.store.safe_file import SafeFile, Stamp
from knowledge.store.tinydb_storage import CheckedStorage, KeyedTable

_KIND = "detections"
_KEPT = 3  # the one in use, the one the index's own kept copy names, and one for good measure
_NUMBER = re.compile(r"\.(\d{1,9})\.json")

Shape = TypeVar("Shape", bound=msgspec.Struct)


class _Detections(msgspec.Struct):
    detections: dict[str, Detection] = {}


class _History(msgspec.Struct):
    history: dict[str, SourceChange] = {}


class RevisionFiles:
    """The revisions of a workspace's sources. Revision 0 is empty and has no file.

    Args:
        folder: The workspace's own.
        workspace: Its name.
        damage: Told of damaged files.
    """

    def __init__(self, folder: Path, workspace: str, damage: DamageReport) -> None:
        self._folder = folder
        self._workspace = workspace
        self._damage = damage
        self._decoded: dict[str, tuple[int, Stamp, Mapping[str, Detection]]] = {}

    def detections(self, key: str, revision: int) -> Mapping[str, Detection]:
        """What a revision of a source holds, by id; decoded once.

        Raises:
            DamagedFileError: The file is damaged or not there.
        """
        if not revision:
            return {}
        stamp, known = self._file(key, revision).stamp(), self._decoded.get(key)
        if known is None or known[:2] != (revision, stamp):
            stamp, shape = self._decode(key, revision, _Detections)
            known = (revision, stamp, shape.detections)
            self._decoded[key] = known
        return known[2]

    def history(self, key: str, revision: int) -> tuple[SourceChange, ...]:
        """What imports changed up to this revision, newest first.

        Raises:
            DamagedFileError: The file is damaged or not there.
        """
        return tuple(self._decode(key, revision, _History)[1].history.values()) if revision else ()

    def write(
        self, key: str, revision: int, detections: Mapping[str, Detection], history: Iterable[SourceChange]
    ) -> None:
        """Write a revision whole; nobody reads it until the index names it."""
        storage = CheckedStorage(self._file(key, revision), _KIND, self._workspace, self._damage)
        database = TinyDB(storage=lambda: storage)
        database.table_class = KeyedTable
        for table, nouns in (("detections", detections), ("history", {str(i): c for i, c in enumerate(history)})):
            database.table(table).insert_multiple(
                Document(msgspec.to_builtins(noun), each)  # type: ignore[arg-type]  # keys, as in KeyedTable
                for each, noun in nouns.items()
            )
        storage.commit(keep_previous=False)

    def sound(self, key: str, revision: int) -> bool:
        """Whether a revision can be read; one that is damaged is set aside."""
        try:
            self._decode(key, revision, _Detections)
        except DamagedFileError as error:
            file = self._file(key, revision)
            if file.stamp().size or file.path.exists():
                aside = file.set_aside()
                self._damage.add(aside, str(error), f"It was set aside as {aside.name}.")
            else:
                self._damage.add(file.path, str(error), "")
            return False
        return True

    def tidy(self, key: str, revision: int) -> None:
        """Let the files go that this revision of the source has left behind."""
        for path in self._folder.glob(f"source-{key}.*.json"):
            number = _NUMBER.search(path.name)
            if number and not revision - _KEPT < int(number[1]) <= revision:
                path.unlink(missing_ok=True)

    def _file(self, key: str, revision: int) -> SafeFile:
        return SafeFile(self._folder / f"source-{key}.{revision}.json")

    def _decode(self, key: str, revision: int, shape: type[Shape]) -> tuple[Stamp, Shape]:
        file = self._file(key, revision)
        found = file.read()
        if found is None:
            raise DamagedFileError(file.path, "the file is gone")
        collecting = gc.isenabled()
        gc.disable()  # a hundred thousand new objects, none of them garbage
        try:
            return found[0], read_shape(file.path, _KIND, found[1], shape)
        finally:
            if collecting:
                gc.enable()
