"""Zip and tar archives, read file by file in memory; nothing is ever written to disk.

An archive that reaches outside itself, or grows beyond every honest one, is refused whole: what it already
gave is thrown away with it.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, Protocol

from knowledge.detections.decode import LARGEST
from knowledge.detections.errors import DetectionsError
from knowledge.detections.found import File, Found, PassedOver, readable, verdict_by_name
from knowledge.detections.model import Rejected

MAX_UNPACKED = 1_000_000_000
"""Most bytes read out of one archive."""

MAX_RATIO = 100
"""Most that an archive may unpack to, times its size, once it is beyond `HONEST_SIZE`; rules pack about 1:10."""

HONEST_SIZE = 50_000_000
MAX_MEMBERS = 200_000

_HEAD = 512
_TAR_MAGIC = slice(257, 262)
_DAMAGED = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,  # what zipfile raises at a compression it does not know
    RuntimeError,  # and at an encrypted member
)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def is_archive(head: bytes) -> bool:
    """Whether a file that starts with these 512 bytes is an archive or packed."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"\xfd7zXZ\x00", b"BZh")) or _is_tar(head)


def members(stream: BinaryIO, size: int, path: str, prefix: str) -> Iterator[Found]:
    """What an archive holds, one after the other.

    Args:
        stream: Seekable, at its start.
        size: Bytes of the archive.
        path: The archive, for messages.
        prefix: What to put before the paths of its members.

    Raises:
        DetectionsError: Damaged, hostile or beyond the bounds above; what was yielded must be forgotten.
    """
    head = stream.read(_HEAD)
    stream.seek(0)
    try:
        if head.startswith(b"PK"):
            yield from _zip_members(stream, size, path, prefix)
            return
        opened, packed = _unpacked(stream, head)
        bounded = io.BufferedReader(_Bounded(opened, size, path), 1 << 16)
        if _is_tar(bounded.peek(_HEAD)) or not packed:
            yield from _tar_members(bounded, path, prefix)
        else:
            yield _single(bounded, path)
    except DetectionsError:
        raise
    except _DAMAGED:
        raise DetectionsError(path, "an archive that is damaged, cut short or locked") from None


def _zip_members(stream: BinaryIO, size: int, path: str, prefix: str) -> Iterator[Found]:
    with zipfile.ZipFile(stream) as archive:
        infos = archive.infolist()
        _count(len(infos), path)
        unpacked = sum(info.file_size for info in infos)
        if sum(info.compress_size for info in infos) > size:
            raise DetectionsError(path, "a zip archive whose files overlap, so it is not unpacked")
        if unpacked > MAX_UNPACKED or (unpacked > HONEST_SIZE and unpacked > MAX_RATIO * size):
            raise _bomb(path)
        for info in infos:
            _inside(info.orig_filename.replace("\\", "/"), path)
        for info in infos:
            name = prefix + readable(info.filename)
            if info.is_dir():
                continue
            if stat.S_ISLNK(info.external_attr >> 16):
                yield Rejected(name, "a symbolic link, which is not followed")
            elif info.flag_bits & 1:
                yield Rejected(name, "locked with a password")
            elif (verdict := verdict_by_name(name, info.file_size, LARGEST)) is not None:
                yield verdict
            else:
                with archive.open(info) as member:
                    yield File.of(name, member.read(LARGEST + 1))


def _tar_members(stream: BinaryIO, path: str, prefix: str) -> Iterator[Found]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for number, member in enumerate(archive, 1):
            _count(number, path)
            _inside(member.name, path)
            name = prefix + readable(member.name).removeprefix("./")
            if member.isdir():
                continue
            if member.issym() or member.islnk():
                yield Rejected(name, "a link, which is not followed")
            elif not member.isreg() or member.issparse():
                yield PassedOver("devices and other special files", name)
            elif (verdict := verdict_by_name(name, member.size, LARGEST)) is not None:
                yield verdict
            elif (opened := archive.extractfile(member)) is not None:
                yield File.of(name, opened.read(LARGEST + 1))


def _single(stream: BinaryIO, path: str) -> Found:
    """One packed file that is no archive, such as ``export.ndjson.gz``."""
    inner = str(PurePosixPath(path).with_suffix("")) if PurePosixPath(path).suffix else path
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        return Rejected(path, f"unpacks to more than {LARGEST // 1_000_000} MB, the most that is read")
    return File.of(inner, data)


def _unpacked(stream: BinaryIO, head: bytes) -> tuple[_Readable, bool]:
    if head.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=stream), True
    if head.startswith(b"\xfd7zXZ\x00"):
        return lzma.LZMAFile(stream), True
    if head.startswith(b"BZh"):
        return bz2.BZ2File(stream), True
    return stream, False


def _is_tar(head: bytes) -> bool:
    return head[_TAR_MAGIC] == b"ustar"


def _inside(name: str, path: str) -> None:
    """Refuse an archive whose paths lead out of it."""
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or name[1:2] == ":" or "\0" in name:
        shown = readable(name[:80]).replace("\0", "?")
        raise DetectionsError(path, f"an archive that reaches outside itself ({shown}), so nothing of it is read")


def _count(number: int, path: str) -> None:
    if number > MAX_MEMBERS:
        raise DetectionsError(path, f"an archive of more than {MAX_MEMBERS:,} files")


def _bomb(path: str) -> DetectionsError:
    return DetectionsError(path, "an archive that unpacks to far more than rules ever do, so nothing of it is read")


class _Bounded(io.RawIOBase):
    """A stream that stops when more comes out of it than an honest archive of this size holds."""

    def __init__(self, inner: _Readable, packed_size: int, path: str) -> None:
        self._inner = inner
        self._path = path
        self._left = min(MAX_UNPACKED, max(HONEST_SIZE, MAX_RATIO * packed_size))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        data = self._inner.read(min(len(view), 1 << 20))
        self._left -= len(data)
        if self._left < 0:
            raise _bomb(self._path)
        view[: len(data)] = data
        return len(data)
