"""A release as one file: a magic word, a short JSON header with the `Release`, its contents as MessagePack.

MessagePack loads in a fraction of the time STIX takes. Header and contents bear a checksum each, so that whoever
only wants to know which release it is need not read the contents, and is not misled by a flipped bit.
"""

from __future__ import annotations

import os
import struct
import threading
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from knowledge.collector import no_collecting
from knowledge.model import Release, ReleaseContents

_MAGIC = b"ATTACK2\n"
_MAGIC_1 = b"ATTACK1\n"
"""Of files whose header has no checksum; they are still read."""
_CHECKSUM = struct.Struct("<I")  # crc32 of the lengths and the header
_LENGTHS = struct.Struct("<IIQ")  # header bytes, crc32 of the payload, payload bytes
_LONGEST_HEADER = 16_000_000
"""Bytes; a flipped bit in a length must not ask for gigabytes."""


class DamageError(Exception):
    """A release's file is not what was written; the text is what gives it away, without a full stop."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a release's file says of itself.

    Attributes:
        checksum: Of the payload, which is what follows.
        size: Of the payload, in bytes.
    """

    release: Release
    checksum: int
    size: int


def encode(contents: ReleaseContents) -> list[bytes]:
    """The file of a release, in parts to be written one after the other."""
    header = msgspec.json.encode(contents.release)
    payload = msgspec.msgpack.encode(contents)
    head = _LENGTHS.pack(len(header), zlib.crc32(payload), len(payload)) + header
    return [_MAGIC, _CHECKSUM.pack(zlib.crc32(head)), head, payload]


def read_head(file: BinaryIO) -> Head:
    """Read up to the payload, from the start of the file.

    Raises:
        DamageError: It is none, or not what was written.
        OSError: It cannot be read.
    """
    magic = file.read(len(_MAGIC))
    if magic not in (_MAGIC, _MAGIC_1):
        raise DamageError("not a release file of this program")
    stated = file.read(_CHECKSUM.size) if magic == _MAGIC else b""
    lengths = file.read(_LENGTHS.size)
    if len(lengths) != _LENGTHS.size:
        raise DamageError("the release file is cut short")
    length, checksum, size = _LENGTHS.unpack(lengths)
    header = file.read(min(length, _LONGEST_HEADER))
    if stated and stated != _CHECKSUM.pack(zlib.crc32(lengths + header)):
        raise DamageError("the release file is damaged (the checksum of its header does not match)")
    try:
        return Head(msgspec.json.decode(header, type=Release), checksum, size)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamageError(f"the release file is damaged ({error})") from None


def read_contents(path: Path) -> ReleaseContents:
    """Read a release whole.

    Raises:
        DamageError: The file is not what was written.
        OSError: It cannot be read, or has gone.
    """
    with path.open("rb") as file:
        head = read_head(file)
        payload = file.read()
    if len(payload) != head.size or zlib.crc32(payload) != head.checksum:
        raise DamageError("the release file is damaged (its checksum does not match)")
    try:
        with no_collecting():
            contents = msgspec.msgpack.decode(payload, type=ReleaseContents)
    except msgspec.DecodeError as error:
        raise DamageError(f"the release file is damaged ({error})") from None
    if contents.release != head.release:  # of a file of old, whose header has no checksum
        raise DamageError("the release file is damaged (its header is another release's)")
    return contents


def write_whole(path: Path, parts: Iterable[bytes]) -> None:
    """Write beside the place, sync, rename: another process sees the old file or the new one.

    Raises:
        OSError: It could not be written; what was there is as it was.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        with beside.open("wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
