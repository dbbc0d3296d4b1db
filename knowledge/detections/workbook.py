"""The cells of an Excel workbook as text, within bounds."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib

from knowledge.detections.errors import DetectionsError

MAX_ROWS = 50_000
MAX_COLUMNS = 100
MAX_SHEETS = 20
MAX_UNPACKED = 100_000_000
"""Most bytes the parts of a workbook may unpack to."""


def is_workbook(data: bytes) -> bool:
    """Whether these bytes are a zip archive that holds a workbook."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
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
                return tuple(
                    [
                        ["" if cell is None else str(cell).strip() for cell in row]
                        for row in sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
                        if any(cell is not None for cell in row)
                    ]
                    for sheet in book.worksheets[:MAX_SHEETS]
                )
            finally:
                book.close()
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, OSError, EOFError, SyntaxError) as error:
        # SyntaxError is what ElementTree.ParseError derives from; openpyxl lets what it meets through.
        raise DetectionsError(path, f"a workbook that cannot be read ({type(error).__name__})") from None
