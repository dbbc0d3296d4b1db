"""A store's file as bytes: TinyDB's JSON, opened by a table of ours that says what it is and proves it whole.

    {"_store":{"1":{"crc32":"5d0c1f2a","schema":1,"kind":"confirmations","workspace":"T1"}},"confirmations":{…}}

The CRC-32 covers every byte behind its own digits, so a file cut short or with a flipped bit is told from a good
one, and still any JSON reader can look inside.
"""

from __future__ import annotations

import contextlib
import json
import re
import zlib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from knowledge.store.errors import DamagedFileError, NewerSchemaError, StoreError
from knowledge.store.migrations import SCHEMA, Tables, looks_like_version_0, migrate

Shape = TypeVar("Shape")

OUR_TABLE = "_store"

_OPENING = b'{"_store":{"1":{"crc32":"'
_DIGITS = 8
_SAYS = re.compile(rb'","schema":(\d{1,9}),"kind":"([a-z]{1,40})","workspace":')
_LONGEST_OPENING = 4096  # bytes; a workspace's name is bounded, however it is escaped


def seal(kind: str, workspace: str, tables: Tables) -> bytes:
    """The bytes of a file that keeps these tables."""
    body = msgspec.json.encode(tables)
    says = b'","schema":%d,"kind":"%s","workspace":%s}}' % (SCHEMA, kind.encode(), msgspec.json.encode(workspace))
    rest = b"".join((says, b"," if tables else b"", body[1:]))
    return b"%s%0*x%s" % (_OPENING, _DIGITS, zlib.crc32(rest), rest)


def read_tables(path: Path, kind: str, raw: bytes) -> Tables:
    """The tables of a file, carried to today's schema.

    Args:
        path: Where the bytes came from, for messages.
        kind: What the file must keep.
        raw: All of them.

    Raises:
        DamagedFileError: They are not what was written.
        NewerSchemaError: A later version of this program wrote them.
    """
    schema = _schema(path, kind, raw)
    tables = _decode(path, raw, Tables)
    tables.pop(OUR_TABLE, None)
    return migrate(kind, schema, tables)


def read_shape(path: Path, kind: str, raw: bytes, shape: type[Shape]) -> Shape:
    """The same as a typed struct with one field a table, which is several times quicker.

    Raises:
        DamagedFileError: The bytes are not what was written.
        NewerSchemaError: A later version of this program wrote them.
        StoreError: They are whole and still not understood.
    """
    if _schema(path, kind, raw) == SCHEMA:
        return _decode(path, raw, shape)
    try:
        return msgspec.convert(read_tables(path, kind, raw), shape)
    except msgspec.ValidationError as error:
        raise _not_understood(path, error) from None


def workspace_of(opening: bytes) -> str | None:
    """Whose file begins with these bytes; None when they do not say."""
    says = _SAYS.match(opening, len(_OPENING) + _DIGITS) if opening.startswith(_OPENING) else None
    if says is None:
        return None
    try:
        name, _ = json.JSONDecoder().raw_decode(opening[says.end() : _LONGEST_OPENING].decode("utf-8", "replace"))
    except ValueError:
        return None
    return name if isinstance(name, str) else None


def workspaces_of(folder: Path, pattern: str) -> tuple[str, ...]:
    """The workspaces that have files below a folder, sorted.

    Args:
        folder: Where the workspaces' folders lie.
        pattern: Which of their files to look at: ``*/*.json``.

    Raises:
        StoreError: They cannot be read.
    """
    found: set[str] = set()
    try:
        for path in folder.glob(pattern):
            with contextlib.suppress(FileNotFoundError), path.open("rb") as file:  # its content was replaced
                found.add(workspace_of(file.read(_LONGEST_OPENING)) or "")
    except OSError as error:
        raise StoreError(f"{folder} could not be read ({error.strerror or error}).") from error
    return tuple(sorted(found - {""}))


def _schema(path: Path, kind: str, raw: bytes) -> int:
    if not raw.startswith(_OPENING):
        return _version_0(path, raw)
    start = len(_OPENING) + _DIGITS
    says = _SAYS.match(raw, start)
    if says is None or b"%0*x" % (_DIGITS, zlib.crc32(memoryview(raw)[start:])) != raw[len(_OPENING) : start]:
        raise DamagedFileError(path, "the file is damaged (its checksum does not match)")
    if int(says[1]) > SCHEMA:
        raise NewerSchemaError(path, int(says[1]), SCHEMA)
    if says[2].decode() != kind:
        raise DamagedFileError(path, f"this is a file of {says[2].decode()}, where {kind} belong")
    return int(says[1])


def _version_0(path: Path, raw: bytes) -> int:
    try:
        if looks_like_version_0(msgspec.json.decode(raw, type=dict[str, dict[str, dict[str, Any]]])):
            return 0
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass  # nothing of ours, which is what the next line says
    raise DamagedFileError(path, "the file is damaged (it does not begin as it should)" if raw else "the file is empty")


def _decode(path: Path, raw: bytes, shape: type[Shape]) -> Shape:
    try:
        return msgspec.json.decode(raw, type=shape)
    except msgspec.DecodeError as error:  # whole, as its checksum says, so nothing that setting it aside would mend
        raise _not_understood(path, error) from None


def _not_understood(path: Path, error: Exception) -> StoreError:
    return StoreError(
        f"{path} is whole but holds what this program does not understand ({error}); nothing was changed."
    )
