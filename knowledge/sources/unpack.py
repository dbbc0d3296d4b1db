"""A file of any size and wrapping becomes bytes in memory, within a bound."""

from __future__ import annotations

import gzip
import lzma
import zlib
from collections.abc import Callable
from typing import IO, BinaryIO, cast

from knowledge.errors import BundleError, SourceError

MAX_BYTES = 500_000_000
"""Unpacked size of a bundle; MITRE's largest so far is about a tenth of it."""

_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_XZ = b"\xfd7zXZ\x00"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def unpacked(
    stream: BinaryIO,
    where: str,
    *,
    limit: int = MAX_BYTES,
    tick: Callable[[int], None] | None = None,
    any_content: bool = False,
) -> bytes:
    """JSON text out of a plain, gzip or xz stream; the first bytes tell which, not the name.

    Reading stops at the bound and at the first sign that this is no JSON object, so neither a huge file nor
    a decompression bomb is read to its end.

    Args:
        stream: Seekable, at its start.
        where: The file or address, for messages.
        limit: Most bytes to unpack.
        tick: Called with the packed bytes read so far.
        any_content: Take what is no JSON too: an inner packing of the same file.

    Raises:
        SourceError: Damaged, or larger than the bound.
        BundleError: Not a JSON object.
    """
    try:
        opened = _opened(stream)
        parts: list[bytes] = []
        size = 0
        while part := opened.read(_CHUNK):
            if not parts and not any_content and not part.removeprefix(_BYTE_ORDER_MARK).lstrip().startswith(b"{"):
                raise BundleError(where, "not a STIX bundle (a bundle is JSON and starts with a brace)")
            size += len(part)
            if size > limit:
                raise too_large(where, limit)
            parts.append(part)
            if tick:
                tick(stream.tell())
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, MemoryError):
        raise SourceError(where, "damaged or cut short, it cannot be unpacked; fetch it again") from None
    if any_content:
        return b"".join(parts)
    if not parts:
        raise BundleError(where, "the file is empty")
    return b"".join(parts).removeprefix(_BYTE_ORDER_MARK)


def too_large(where: str, limit: int) -> SourceError:
    """The refusal of something larger than `limit` bytes."""
    size = f"{limit // 1_000_000} MB" if limit >= 1_000_000 else f"{limit:,} bytes"
    return SourceError(where, f"larger than {size}, so it is not read; no ATT&CK release is that large")


def _opened(stream: BinaryIO) -> IO[bytes]:
    head = stream.read(len(_XZ))
    stream.seek(0)
    if head.startswith(_GZIP):
        return cast(IO[bytes], gzip.GzipFile(fileobj=stream))
    if head == _XZ:
        return lzma.LZMAFile(stream)
    return stream
