"""One file that is replaced whole: under a lock, beside its place, synced, renamed; the version before is kept.

A reader without the lock finds the old bytes or the new. Two processes never write at once. After a crash at any
moment the file is one that some call had finished writing.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from knowledge.store.errors import StoreError

_LOCK_SECONDS = 60.0
_POLL_SECONDS = 0.005  # another process holds the lock for a few milliseconds
_ASIDE_KEPT = 9


class Stamp(NamedTuple):
    """Which version of a file this is; no two that follow each other share one."""

    modified: int
    inode: int
    size: int


NEVER = Stamp(0, 0, 0)
"""The stamp of a file that is not there."""


class SafeFile:
    """A file and its companions: ``NAME.lock``, ``NAME.bak``, ``NAME.damaged-1`` and ``NAME.note-1`` about that.

    Args:
        path: The file; its folder is made by the first write.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.previous_path = path.with_name(path.name + ".bak")
        self._lock_path = path.with_name(path.name + ".lock")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other writer of this file out, in this process or another.

        Raises:
            StoreError: Another process did not let go, or the folder cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._lock_path, timeout=_LOCK_SECONDS)
            lock.acquire(poll_interval=_POLL_SECONDS)
        except Timeout:
            raise StoreError(f"{self._lock_path}: another process has held it for a minute; try again.") from None
        except OSError as error:
            raise _failed(self.path, "written", error) from error
        try:
            yield
        finally:
            lock.release()

    def stamp(self) -> Stamp:
        """Which version is there; costs one look at the folder."""
        try:
            return _stamp_of(self.path.stat())
        except FileNotFoundError:
            return NEVER
        except OSError as error:
            raise _failed(self.path, "read", error) from error

    def read(self) -> tuple[Stamp, bytes] | None:
        """The version there and its bytes; None where there is no file."""
        try:
            with self.path.open("rb") as file:
                return _stamp_of(os.fstat(file.fileno())), file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _failed(self.path, "read", error) from error

    def read_previous(self) -> bytes | None:
        """The bytes before the last write; None where there were none."""
        try:
            return self.previous_path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _failed(self.previous_path, "read", error) from error

    def replace(self, raw: bytes, *, keep_previous: bool = True) -> Stamp:
        """Put these bytes in the file's place, durably; to be called under the lock.

        Raises:
            StoreError: They could not be written; the file is as it was.
        """
        try:
            earlier = self.stamp()
            beside = self.path.with_name(self.path.name + ".part")
            try:
                stamp = _write_synced(beside, raw, after=earlier.modified)
                if keep_previous and earlier != NEVER:
                    self._keep_previous()
                beside.replace(self.path)
            finally:
                beside.unlink(missing_ok=True)
            _sync_folder(self.path.parent)
        except OSError as error:
            raise _failed(self.path, "written", error) from error
        return stamp

    def set_aside(self) -> Path:
        """Keep a copy of what is there as ``NAME.damaged-1``, or the next free number; the last is used again.

        Raises:
            StoreError: It could not be kept; the file is as it was.
        """
        names = [self.path.with_name(f"{self.path.name}.damaged-{number}") for number in range(1, _ASIDE_KEPT + 1)]
        aside = next((name for name in names if not name.exists()), names[-1])
        try:
            _link(self.path, aside)
        except OSError as error:
            raise _failed(aside, "written", error) from error
        return aside

    def scrub(self, raw: bytes) -> None:
        """Let no companion file hold anything but these bytes, which the file itself has."""
        try:
            for kind in ("damaged", "note"):
                for aside in self.path.parent.glob(f"{self.path.name}.{kind}-*"):
                    aside.unlink(missing_ok=True)
            self.path.with_name(self.path.name + ".part").unlink(missing_ok=True)  # of a writer that was killed
            if self.previous_path.exists():
                beside = self.previous_path.with_name(self.previous_path.name + ".part")
                _write_synced(beside, raw, after=0)
                beside.replace(self.previous_path)
            _sync_folder(self.path.parent)
        except OSError as error:
            raise _failed(self.previous_path, "erased", error) from error

    def _keep_previous(self) -> None:
        """The file gets a second name; it never lacks its first."""
        beside = self.previous_path.with_name(self.previous_path.name + ".part")
        beside.unlink(missing_ok=True)
        _link(self.path, beside)
        beside.replace(self.previous_path)


def _write_synced(path: Path, raw: bytes, *, after: int) -> Stamp:
    with path.open("wb") as file:
        file.write(raw)
        file.flush()
        # Kernels stamp files to a few milliseconds, and clocks go back: two versions must not look like one.
        if os.fstat(file.fileno()).st_mtime_ns <= after:
            os.utime(path, ns=(after + 1, after + 1))
        os.fsync(file.fileno())
        return _stamp_of(os.fstat(file.fileno()))


def _link(path: Path, other: Path) -> None:
    other.unlink(missing_ok=True)
    try:
        os.link(path, other)
    except OSError as error:
        if error.errno == errno.ENOENT:
            raise
        shutil.copyfile(path, other)  # a disk without hard links


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # no folder can be opened there, and renames are synced by the file system
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _stamp_of(status: os.stat_result) -> Stamp:
    return Stamp(status.st_mtime_ns, status.st_ino, status.st_size)


def _failed(path: Path, what: str, error: OSError) -> StoreError:
    if isinstance(error, StoreError):
        return error
    return StoreError(f"{path} could not be {what} ({error.strerror or error}).")
