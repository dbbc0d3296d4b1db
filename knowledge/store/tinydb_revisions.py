"""The contents of detection sources on disk: one file for each content a source has had lately.

``source-NAME.7.json`` is the seventh content of a source, with the history up to it. A file that an index names is
never changed; it goes when newer ones have taken its place.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
from tinydb import TinyDB
from tinydb.table import Document

from knowledge.collector import no_collecting
from knowledge.detections.model import Detection
from knowledge.store.damage import DamageReport
from knowledge.store.envelope import read_shape
from knowledge.store.errors import DamagedFileError
from knowledge.store.model import SourceChange
from knowledge.store.safe_file import SafeFile, Stamp
from knowledge.store.tinydb_storage import CheckedStorage, KeyedTable

_KIND = "detections"
_KEPT = 3  # the one in use, the one the index's own kept copy names, and one for good measure
_NUMBER = re.compile(r"\.(\d{1,9})\.json$")

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

    def newest_sound(self, key: str, revision: int) -> int:
        """This revision, or the newest before it that can be read; a damaged one is set aside and reported.

        Returns:
            The revision to go on with; 0 where none is left.
        """
        sound, damaged = 0, list[DamagedFileError]()
        for each in sorted({revision, *(r for r in self._numbers(key) if r < revision)}, reverse=True):
            try:
                self._decode(key, each, _Detections)
            except DamagedFileError as error:
                damaged.append(error)
            else:
                sound = each
                break
        done = "The content before its last import was put back" if sound else "Nothing earlier is left of this source"
        for found in damaged:
            aside = SafeFile(found.path).set_aside() if found.path.exists() else None
            self._damage.add(
                found.path,
                aside,
                str(found),
                f"{done}; import it again.",
                mend="Import this source of detections again",
                lost=not sound,
            )
        return sound

    def tidy(self, key: str, revision: int, *, erase: bool = False) -> bool:
        """Let the files go that this revision of the source has left behind.

        Args:
            key: The source.
            revision: The one in use.
            erase: The source was removed: keep nothing of it but this revision, which has its history.

        Returns:
            Whether anything went.
        """
        kept = 1 if erase else _KEPT
        going = [self._file(key, each).path for each in self._numbers(key) if not revision - kept < each <= revision]
        if erase:
            going.extend(self._folder.glob(f"source-{key}.*.json.*"))  # set aside as damaged, or of a killed writer
            self._decoded.pop(key, None)
        for path in going:
            with contextlib.suppress(OSError):  # the change itself is durable; what is left goes another time
                path.unlink(missing_ok=True)
        return bool(going)

    def _numbers(self, key: str) -> list[int]:
        found = (_NUMBER.search(path.name) for path in self._folder.glob(f"source-{key}.*.json"))
        return [int(number[1]) for number in found if number]

    def _file(self, key: str, revision: int) -> SafeFile:
        return SafeFile(self._folder / f"source-{key}.{revision}.json")

    def _decode(self, key: str, revision: int, shape: type[Shape]) -> tuple[Stamp, Shape]:
        file = self._file(key, revision)
        found = file.read()
        if found is None:
            raise DamagedFileError(file.path, "the file is gone")
        with no_collecting():
            return found[0], read_shape(file.path, _KIND, found[1], shape)
