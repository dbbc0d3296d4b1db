"""Releases on disk, and which one is current.

A release is one file, ``DOMAIN-VERSION.attack``, in the format of `knowledge.release_file`.
``current.json`` names the current version of each domain. Files are written beside their place, synced
and renamed under a lock that every process of this home shares, so a reader finds the old or the new.
"""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import msgspec
from filelock import FileLock

from knowledge.catalog import Catalog
from knowledge.errors import LibraryError, UnknownReleaseError
from knowledge.model import Domain, Release, ReleaseContents
from knowledge.release_file import DamageError, encode, read_contents, read_head, write_whole
from knowledge.versions import version_key

logger = logging.getLogger(__name__)

_SUFFIX = ".attack"
_SNAPSHOT = "-snapshot"
_DAMAGED = ".damaged"
_LOCK_SECONDS = 60.0

_Stamp: TypeAlias = "tuple[int, int] | None"
"""When ``current.json`` was written, and its inode: two that are written within one tick of the clock differ."""


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


@dataclass(frozen=True, slots=True)
class SetAside:
    """A release whose file was found damaged, and that has not been stored again since.

    Attributes:
        path: Where the damaged file lies.
        name: The release, as its file names it: ``enterprise-18.1``.
        fetch: The command that brings it back.
    """

    path: Path
    name: str
    fetch: str


def _rank(release: Release) -> tuple[bool, tuple[bool, tuple[int, ...]], str]:
    """Sort key: any real release is worth more than a snapshot, and 17.1 more than 9.0."""
    return not release.snapshot, version_key(release.version), release.version


class Library:
    """The releases under one folder.

    Threads may share it. `catalog` hands out whole catalogs only: a swap is one assignment. Every method raises
    `LibraryError` where the folder, or a file in it, cannot be read.

    Args:
        folder: Where the files lie; made when something is first written.
        keep: How many releases of a domain stay on disk, the current one among them; at least 1.
    """

    def __init__(self, folder: Path, *, keep: int = 4) -> None:
        self._folder = folder
        self._keep = max(1, keep)
        self._loading = threading.Lock()
        self._loaded: tuple[_Stamp, Catalog] | None = None

    def releases(self) -> tuple[Held, ...]:
        """What is on disk, domain by domain, newest first. A file that cannot be read is set aside and logged."""
        choices = self._choices()
        held = []
        for path in self._files(_SUFFIX):
            try:
                with path.open("rb") as file:
                    release, size = read_head(file).release, os.fstat(file.fileno()).st_size
            except FileNotFoundError:
                continue  # another process has just pruned it
            except DamageError as error:
                self._set_aside(path, error)
                continue
            except OSError as error:
                raise _unreadable(path, error) from error
            choice = choices.get(release.domain)
            current = choice is not None and (choice.version, choice.snapshot) == (release.version, release.snapshot)
            held.append(Held(release, path, size, current, current and bool(choice and choice.pinned)))
        order = list(Domain)
        held.sort(key=lambda each: _rank(each.release), reverse=True)
        return tuple(sorted(held, key=lambda each: order.index(each.release.domain)))

    def set_aside(self) -> tuple[SetAside, ...]:
        """The releases that were found damaged, by any process, and not stored again."""
        return tuple(_told(path) for path in self._files(_DAMAGED))

    def contents(self, domain: Domain, version: str, *, snapshot: bool | None = None) -> ReleaseContents:
        """Everything a release on disk says.

        Args:
            domain: Its domain.
            version: Its version, exactly.
            snapshot: Whether the embedded snapshot of that version is meant; None means the current release where
                it is of that version, else the real one before the snapshot.

        Raises:
            UnknownReleaseError: This version of the domain is not on disk.
            LibraryError: Its file is damaged, and was set aside; the sentence says how to get it back.
        """
        held = [each for each in self.releases() if each.release.domain is domain]
        meant = [each for each in held if each.release.version == version and snapshot in (None, each.release.snapshot)]
        if not meant:
            raise UnknownReleaseError(version, tuple(dict.fromkeys(each.release.version for each in held)))
        found = next((each for each in meant if each.current), meant[0])
        try:
            return read_contents(found.path)
        except FileNotFoundError:
            problem = "has just gone from the disk"
        except DamageError as error:
            problem = f"was damaged on disk and is set aside as {self._set_aside(found.path, error).name}"
        except OSError as error:
            raise _unreadable(found.path, error) from error
        again = f"'{_fetch(version, snapshot=found.release.snapshot)}'"
        if not found.current and not found.release.snapshot:
            again += ", which also makes it the current one"
        raise LibraryError(f"{found.release.label} {problem}; fetch it again with {again}.")

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
                path = self._path(release)
                write_whole(path, encode(contents))
                path.with_suffix(_DAMAGED).unlink(missing_ok=True)  # a whole one has taken its place
                chosen = pin or self._supersedes(release)
                if chosen:
                    self._choose(release, pinned=pin)
                self._prune(release.domain)
        except LibraryError:
            raise
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
                found[each.release.domain] = read_contents(each.path)
            except FileNotFoundError:
                return self._current_contents()  # pruned since it was listed: something newer is there
            except DamageError as error:
                self._set_aside(each.path, error)
            except OSError as error:
                raise _unreadable(each.path, error) from error
        return [found[domain] for domain in Domain if domain in found]

    def _supersedes(self, release: Release) -> bool:
        choice = self._choices().get(release.domain)
        if choice is None:
            return True
        current = Release(domain=release.domain, version=choice.version, snapshot=choice.snapshot)
        if choice.pinned and choice.version != release.version:
            return False  # also where its file was damaged and is gone: nobody asked for another
        return _rank(release) >= _rank(current) or not self._path_of(release.domain, choice).exists()

    def _choices(self) -> dict[Domain, Choice]:
        path = self._folder / "current.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=dict[Domain, Choice])
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise _unreadable(path, error) from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            logger.warning("current.json is damaged and will be written anew: %s", error)
            return {}

    def _choose(self, release: Release, *, pinned: bool) -> None:
        known = self._choices()
        earlier = known.get(release.domain)
        pinned = pinned or bool(earlier and earlier.pinned)
        choices = known | {release.domain: Choice(release.version, release.snapshot, pinned)}
        write_whole(self._folder / "current.json", [msgspec.json.encode(choices)])

    def _prune(self, domain: Domain) -> None:
        held = [each for each in self.releases() if each.release.domain is domain]
        spare = [each for each in held if not each.current][self._keep - 1 :]
        for each in spare:
            logger.info("release %s is older than the %d kept and goes", each.release.label, self._keep)
            each.path.unlink(missing_ok=True)

    def _files(self, suffix: str) -> list[Path]:
        try:
            return sorted(path for path in self._folder.iterdir() if path.suffix == suffix)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unreadable(self._folder, error) from error

    def _set_aside(self, path: Path, error: DamageError) -> Path:
        aside = path.with_suffix(_DAMAGED)
        try:
            path.rename(aside)
        except FileNotFoundError:
            return aside  # another thread or process met the same damage and was quicker
        except OSError as refused:
            raise LibraryError(f"{path}: damaged, and it cannot be set aside ({refused.strerror}).") from error
        logger.error("%s: %s. It was set aside as %s; 'attackbot sync' fetches it anew.", path, error, aside.name)
        return aside

    def _stamp(self) -> _Stamp:
        path = self._folder / "current.json"
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(path, error) from error
        return found.st_mtime_ns, found.st_ino

    def _lock(self) -> FileLock:
        return FileLock(self._folder / ".lock", timeout=_LOCK_SECONDS, is_singleton=True)

    def _path(self, release: Release) -> Path:
        return self._path_of(release.domain, Choice(release.version, release.snapshot))

    def _path_of(self, domain: Domain, choice: Choice) -> Path:
        version = "".join(c if c.isalnum() or c in ".-" else "_" for c in choice.version)[:40]
        return self._folder / f"{domain}-{version}{_SNAPSHOT if choice.snapshot else ''}{_SUFFIX}"


def _fetch(version: str, *, snapshot: bool) -> str:
    """The command that brings a release back."""
    return "attackbot sync --from snapshot" if snapshot else f"attackbot sync --release {version}"


def _told(aside: Path) -> SetAside:
    """What the name of a file that was set aside says of its release."""
    version = aside.stem.partition("-")[2]
    snapshot = version.endswith(_SNAPSHOT)
    return SetAside(aside, aside.stem, _fetch(version, snapshot=snapshot))


def _unreadable(path: Path, error: OSError) -> LibraryError:
    problem = error.strerror or type(error).__name__
    return LibraryError(f"{path} cannot be read ({problem}); give the bot the right to read it, or check the disk.")
