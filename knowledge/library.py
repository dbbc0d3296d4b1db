"""Releases on disk, and which one is current.

A release is one file, ``DOMAIN-VERSION.attack``: a magic word, a short JSON header with the `Release`,
and its contents as checksummed MessagePack, which loads in a fraction of the time STIX takes.
``current.json`` names the current version of each domain. Files are written beside their place, synced
and renamed under a lock that every process of this home shares, so a reader finds the old or the new.
"""

from __future__ import annotations

import logging
import os
import struct
import threading
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from filelock import FileLock

from knowledge.catalog import Catalog
from knowledge.collector import no_collecting
from knowledge.errors import LibraryError, UnknownReleaseError
from knowledge.model import Domain, Release, ReleaseContents
from knowledge.versions import version_key

logger = logging.getLogger(__name__)

_MAGIC = b"ATTACK1\n"
_LENGTHS = struct.Struct("<IIQ")  # header bytes, crc32 of the payload, payload bytes
_SUFFIX = ".attack"
_LOCK_SECONDS = 60.0


class Choice(msgspec.Struct, frozen=True):
    """Which version of a domain is current; `pinned` means that a newer one must not replace it unasked."""

    version: str
    snapshot: bool = False
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A release on disk.

    Attributes:
        size: Bytes on disk.
    """

    release: Release
    path: Path
    size: int
    current: bool
    pinned: bool


def _rank(release: Release) -> tuple[bool, tuple[bool, tuple[int, ...]], str]:
    """Sort key: any real release is worth more than a snapshot, and 17.1 more than 9.0."""
    return not release.snapshot, version_key(release.version), release.version


class Library:
    """The releases under one folder.

    Threads may share it. `catalog` hands out whole catalogs only: a swap is one assignment.

    Args:
        folder: Where the files lie; made when something is first written.
        keep: How many releases of a domain stay on disk, the current one among them; at least 1.
    """

    def __init__(self, folder: Path, *, keep: int = 4) -> None:
        self._folder = folder
        self._keep = max(1, keep)
        self._loading = threading.Lock()
        self._loaded: tuple[int, Catalog] | None = None

    def releases(self) -> tuple[Held, ...]:
        """What is on disk, domain by domain, newest first. A file that cannot be read is set aside and logged."""
        choices = self._choices()
        held = []
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            try:
                release, size = _read_header(path), path.stat().st_size
            except FileNotFoundError:
                continue  # another process has just pruned it
            except LibraryError as error:
                self._set_aside(path, error)
                continue
            choice = choices.get(release.domain)
            current = choice is not None and (choice.version, choice.snapshot) == (release.version, release.snapshot)
            held.append(Held(release, path, size, current, current and bool(choice and choice.pinned)))
        order = list(Domain)
        held.sort(key=lambda each: _rank(each.release), reverse=True)
        return tuple(sorted(held, key=lambda each: order.index(each.release.domain)))

    def contents(self, domain: Domain, version: str) -> ReleaseContents:
        """Everything a release on disk says.

        Raises:
            UnknownReleaseError: This version of the domain is not on disk.
            LibraryError: Its file is damaged.
        """
        held = [each for each in self.releases() if each.release.domain is domain]
        for each in held:
            if each.release.version == version:
                return _read_contents(each.path)
        raise UnknownReleaseError(version, tuple(each.release.version for each in held))

    def add(self, contents: ReleaseContents, *, pin: bool = False) -> bool:
        """Keep a release, and make it current unless the domain is pinned to another or holds a newer one.

        Args:
            contents: The release, whole.
            pin: Make it current whatever else there is, and let nothing replace it unasked.

        Returns:
            Whether it is now the current release of its domain.

        Raises:
            LibraryError: The folder cannot be written; what was there is unchanged.
        """
        release = contents.release
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._lock():
                _write_whole(self._path(release), _encode(contents))
                chosen = pin or self._supersedes(release)
                if chosen:
                    self._choose(release, pinned=pin)
                self._prune(release.domain)
        except OSError as error:
            raise LibraryError(
                f"{self._folder}: the release could not be stored ({error.strerror or error})."
            ) from error
        return chosen

    def catalog(self) -> Catalog:
        """The current releases, indexed; read again when another process has changed them."""
        stamp = self._stamp()
        loaded = self._loaded
        if loaded is None or loaded[0] != stamp:
            with self._loading:
                if self._loaded is None or self._loaded[0] != stamp:
                    self._loaded = (stamp, Catalog(self._current_contents()))
                loaded = self._loaded
        return loaded[1]

    def _current_contents(self) -> list[ReleaseContents]:
        """The current release of each domain; where its file is damaged, the newest that can be read."""
        found: dict[Domain, ReleaseContents] = {}
        for each in sorted(self.releases(), key=lambda held: not held.current):
            if each.release.domain in found:
                continue
            try:
                found[each.release.domain] = _read_contents(each.path)
            except FileNotFoundError:
                return self._current_contents()  # pruned since it was listed: something newer is there
            except LibraryError as error:
                self._set_aside(each.path, error)
        return [found[domain] for domain in Domain if domain in found]

    def _supersedes(self, release: Release) -> bool:
        choice = self._choices().get(release.domain)
        if choice is None or not self._path_of(release.domain, choice).exists():
            return True
        if choice.pinned:
            return choice.version == release.version
        current = Release(domain=release.domain, version=choice.version, snapshot=choice.snapshot)
        return _rank(release) >= _rank(current)

    def _choices(self) -> dict[Domain, Choice]:
        try:
            return msgspec.json.decode((self._folder / "current.json").read_bytes(), type=dict[Domain, Choice])
        except FileNotFoundError:
            return {}
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            logger.warning("current.json is damaged and will be written anew: %s", error)
            return {}

    def _choose(self, release: Release, *, pinned: bool) -> None:
        known = self._choices()
        earlier = known.get(release.domain)
        pinned = pinned or bool(earlier and earlier.pinned)
        choices = known | {release.domain: Choice(release.version, release.snapshot, pinned)}
        _write_whole(self._folder / "current.json", [msgspec.json.encode(choices)])

    def _prune(self, domain: Domain) -> None:
        held = [each for each in self.releases() if each.release.domain is domain]
        spare = [each for each in held if not each.current][self._keep - 1 :]
        for each in spare:
            logger.info("release %s is older than the %d kept and goes", each.release.label, self._keep)
            each.path.unlink(missing_ok=True)

    def _set_aside(self, path: Path, error: LibraryError) -> None:
        aside = path.with_suffix(".damaged")
        try:
            path.rename(aside)
        except FileNotFoundError:
            return  # another thread or process met the same damage and was quicker
        except OSError as refused:
            raise LibraryError(f"{path}: damaged, and it cannot be set aside ({refused.strerror}).") from error
        logger.error("%s It was set aside as %s; 'attackbot sync' fetches it anew.", error, aside.name)

    def _stamp(self) -> int:
        try:
            return (self._folder / "current.json").stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def _lock(self) -> FileLock:
        return FileLock(self._folder / ".lock", timeout=_LOCK_SECONDS, is_singleton=True)

    def _path(self, release: Release) -> Path:
        return self._path_of(release.domain, Choice(release.version, release.snapshot))

    def _path_of(self, domain: Domain, choice: Choice) -> Path:
        version = "".join(c if c.isalnum() or c in ".-" else "_" for c in choice.version)[:40]
        return self._folder / f"{domain}-{version}{'-snapshot' if choice.snapshot else ''}{_SUFFIX}"


def _encode(contents: ReleaseContents) -> list[bytes]:
    header = msgspec.json.encode(contents.release)
    payload = msgspec.msgpack.encode(contents)
    return [_MAGIC, _LENGTHS.pack(len(header), zlib.crc32(payload), len(payload)), header, payload]


def _read_header(path: Path) -> Release:
    with path.open("rb") as file:
        start = file.read(len(_MAGIC) + _LENGTHS.size)
        if not start.startswith(_MAGIC) or len(start) != len(_MAGIC) + _LENGTHS.size:
            raise LibraryError(f"{path}: not a release file of this program.")
        length, _, _ = _LENGTHS.unpack_from(start, len(_MAGIC))
        try:
            return msgspec.json.decode(file.read(length), type=Release)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise LibraryError(f"{path}: the release file is damaged ({error}).") from None


def _read_contents(path: Path) -> ReleaseContents:
    raw = memoryview(path.read_bytes())
    try:
        length, checksum, size = _LENGTHS.unpack_from(raw, len(_MAGIC))
    except struct.error:
        raise LibraryError(f"{path}: the release file is cut short.") from None
    payload = raw[len(_MAGIC) + _LENGTHS.size + length :]
    if len(payload) != size or zlib.crc32(payload) != checksum:
        raise LibraryError(f"{path}: the release file is damaged (its checksum does not match).")
    try:
        with no_collecting():
            return msgspec.msgpack.decode(payload, type=ReleaseContents)
    except msgspec.DecodeError as error:
        raise LibraryError(f"{path}: the release file is damaged ({error}).") from None


def _write_whole(path: Path, parts: Iterable[bytes]) -> None:
    """Write beside the place, sync, rename: another process sees the old file or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        with beside.open("wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
