"""Bytes to a `Document`: which encoding, then which of YAML, JSON, TOML and tables, by what is in the file.

The name only says what is tried first, and whose complaint is shown when nothing fits.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

import msgspec

from knowledge.detections.errors import DetectionsError
from knowledge.detections.guarded_yaml import read_yaml
from knowledge.detections.reader import Document, Shape
from knowledge.detections.workbook import is_workbook, read_workbook

MAX_BYTES = {Shape.YAML: 16_000_000, Shape.JSON: 32_000_000, Shape.TOML: 1_000_000, Shape.TABLE: 16_000_000}
"""Largest file read of each shape. All of Sigma in one file has 8 MB, Elastic's whole export 20."""

LARGEST = max(MAX_BYTES.values())

_SHAPES = {
    **dict.fromkeys((".yml", ".yaml"), Shape.YAML),
    **dict.fromkeys((".json", ".ndjson", ".jsonl"), Shape.JSON),
    ".toml": Shape.TOML,
    **dict.fromkeys((".csv", ".tsv", ".xlsx", ".xlsm"), Shape.TABLE),
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16's, which it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAX_JSON_VALUES = 3_000_000
_MAX_COLUMNS = 1_000
_MAX_DOTTED = re.compile(r"(?:[\w\"'-]+\s*\.\s*){64}")
_TOML_START = re.compile(r"^\s*(?:\[\[?[\w.\"'-]+\]\]?|[\w\"'.-]+\s*=\s)", re.MULTILINE)


def shape_by_name(path: str) -> Shape | None:
    """The shape a file's name promises, if it promises one that detections come in."""
    return _SHAPES.get(PurePosixPath(path).suffix.lower())


def readings(data: bytes, path: str) -> Iterator[Document]:
    """The ways a file can be read: a list of ids, say, is well-formed YAML and a table. The likeliest comes first.

    Raises:
        DetectionsError: It is no text, too large for its shape, or well-formed in no shape.
    """
    if is_workbook(data):
        _hold(Shape.TABLE, len(data), path)
        yield Document(path, Shape.TABLE, read_workbook(data, path))
        return
    content = decoded(data, path)
    if not content.strip():
        raise DetectionsError(path, "the file is empty")
    complaints: dict[Shape, DetectionsError] = {}
    shapes = _order(content, path)
    for shape in shapes:
        try:
            _hold(shape, len(data), path)
            values = tuple(_PARSERS[shape](content, path))
        except DetectionsError as error:
            complaints[shape] = error
            continue
        yield Document(path, shape, values)
        if shape is Shape.JSON:  # would be well-formed YAML too
            break
    named = shape_by_name(path)
    if named in complaints:
        raise complaints[named]
    if len(complaints) == len(shapes):
        raise complaints[shapes[0]]


def encoding_of(data: bytes) -> tuple[bytes, str]:
    """The byte order mark that a text begins with, empty where there is none, and the codec of what follows."""
    mark, encoding = next((each for each in _MARKS if data.startswith(each[0])), (b"", "utf-8"))
    if not mark and b"\0" in data[:4]:  # UTF-16 without its mark: every other byte of ASCII is zero
        encoding = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    return mark, encoding


def decoded(data: bytes, path: str) -> str:
    """Text in UTF-8 or UTF-16, or in UTF-32 with a byte order mark.

    Raises:
        DetectionsError: Neither.
    """
    mark, encoding = encoding_of(data)
    try:
        content = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        byte = len(mark) + error.start + 1
        raise DetectionsError(path, f"not text in UTF-8 or UTF-16 (byte {byte:,} is neither)") from None
    if "\0" in content:
        raise DetectionsError(path, "a binary file, not text")
    return content


def _hold(shape: Shape, size: int, path: str) -> None:
    if size > MAX_BYTES[shape]:
        raise DetectionsError(path, f"larger than {MAX_BYTES[shape] // 1_000_000} MB, the most that is read as {shape}")


def _order(content: str, path: str) -> tuple[Shape, ...]:
    """The shapes to try: what the first characters promise, what the name promises, what is left."""
    named = shape_by_name(path)
    shapes: list[Shape | None] = [named if named in (Shape.TOML, Shape.TABLE) else None]
    if content.lstrip()[:1] in ("{", "["):
        shapes.append(Shape.JSON)
    shapes.append(named)
    if _TOML_START.match(content):
        shapes.append(Shape.TOML)
    if named is not Shape.TABLE:
        shapes.append(Shape.YAML)
    if named is None:
        shapes.append(Shape.TABLE)
    return tuple(dict.fromkeys(shape for shape in shapes if shape))


def _read_json(content: str, path: str) -> list[object]:
    """One JSON value, or one a line."""
    raw = content.encode()
    if raw.count(b"{") + raw.count(b"[") + raw.count(b",") > _MAX_JSON_VALUES:
        raise DetectionsError(path, f"more than {_MAX_JSON_VALUES:,} values in one file")
    try:
        return [msgspec.json.decode(raw)]
    except (msgspec.DecodeError, RecursionError) as error:
        whole = error
    lines = [line for line in raw.split(b"\n") if line.strip()]
    try:
        if len(lines) > 1:
            msgspec.json.decode(lines[0])
            return [msgspec.json.decode(line) for line in lines]
    except (msgspec.DecodeError, RecursionError) as error:
        if not raw.lstrip().startswith(b"{\n"):
            whole = error
    problem = "nested too deeply" if isinstance(whole, RecursionError) else str(whole)
    raise DetectionsError(path, f"not well-formed JSON ({problem})")


def _read_toml(content: str, path: str) -> list[object]:
    if _MAX_DOTTED.search(content):
        raise DetectionsError(path, "its TOML is nested too deeply")
    try:
        return [tomllib.loads(content)]
    except (tomllib.TOMLDecodeError, ValueError, OverflowError) as error:
        raise DetectionsError(path, f"not well-formed TOML ({error})") from None
    except RecursionError:
        raise DetectionsError(path, "its TOML is nested too deeply") from None


def _read_table(content: str, path: str) -> list[object]:
    """Rows of cells, as one sheet; the delimiter is the one the first line holds most of."""
    first_line = content.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t|", key=first_line.count)
    try:
        rows = [
            [cell.strip() for cell in row[:_MAX_COLUMNS]]
            for row in csv.reader(io.StringIO(content), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise DetectionsError(path, f"not a well-formed table ({error})") from None
    return [rows]


_PARSERS: dict[Shape, Callable[[str, str], list[object]]] = {
    Shape.YAML: read_yaml,
    Shape.JSON: _read_json,
    Shape.TOML: _read_toml,
    Shape.TABLE: _read_table,
}
