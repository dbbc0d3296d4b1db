"""The cells of an Excel workbook as text, within bounds."""

from __future__ import annotations

import io
import itertools
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from knowledge.detections.errors import DetectionsError

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MAX_ROWS = 50_000
MAX_COLUMNS = 100
MAX_SHEETS = 20
_EXCEL_LINES = 1_048_576
MAX_LINES = 1_200_000
"""Most lines looked at in all sheets of a workbook, empty ones among them: one formatted to its end, and the others."""
MAX_UNPACKED = 100_000_000
"""Most bytes the parts of a workbook may unpack to."""


def is_workbook(data: bytes) -> bool:
    """Whether these bytes are a zip archive that holds a workbook."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):  # the last at a zip newer than zipfile
        return False


def read_workbook(data: bytes, path: str) -> tuple[object, ...]:
    """Its sheets, each a list of rows of text.

    Raises:
        DetectionsError: Damaged, or larger than the bounds above.
    """
    import openpyxl

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
            raise DetectionsError(path, f"a workbook that unpacks to more than {MAX_UNPACKED // 1_000_000} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions we do not look at
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            try:
                if len(book.worksheets) > MAX_SHEETS:
                    raise DetectionsError(path, f"a workbook of more than {MAX_SHEETS} sheets")
                lines = itertools.count(1)
                return tuple(_rows(sheet, path, lines) for sheet in book.worksheets)
            finally:
                book.close()
    except DetectionsError:
        raise
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, OSError, EOFError, SyntaxError) as error:
        # SyntaxError is what ElementTree.ParseError derives from; openpyxl lets what it meets through.
        raise DetectionsError(path, f"a workbook that cannot be read ({type(error).__name__})") from None


def _rows(sheet: Worksheet, path: str, lines: Iterator[int]) -> list[list[str]]:
    """The rows of a sheet that hold something; formats may run on below them to its last line."""
    rows: list[list[str]] = []
    for row in sheet.iter_rows(max_row=_EXCEL_LINES, max_col=MAX_COLUMNS, values_only=True):
        if next(lines) > MAX_LINES:
            raise DetectionsError(path, f"a workbook of more than {MAX_LINES:,} lines, empty ones among them")
        if any(cell is not None for cell in row):
            if len(rows) == MAX_ROWS:
                raise DetectionsError(path, f"a sheet of more than {MAX_ROWS:,} rows")
            rows.append(["" if cell is None else str(cell).strip() for cell in row])
    return rows
