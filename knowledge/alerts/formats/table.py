"""Tables as text: a line of column names and rows below it, with commas, semicolons, bars or tabs; Zeek; W3C."""

from __future__ import annotations

import re

from knowledge.alerts.formats.excerpt import Excerpt, line_end
from knowledge.alerts.formats.reader import MAX_FIELDS, MAX_VALUE, Piece, Reader, Reading, Value, piece_of

_MAX_ROWS = 1_000
_TWO_QUOTES = re.compile(r'""')
_QUOTED = re.compile(r'"[^"]*+(?:""[^"]*+)*+(?:"|\Z)')
_BARE = {mark: re.compile(rf"[^{mark}\n]*") for mark in (",", ";", "|", "\t")}

_NAME = re.compile(r"(?!.*: )[A-Za-z_@#][\w .@()/:#*%+-]{0,60}")
_SENTENCE = re.compile(r"[.!?]\s|[.!?]$|(?:\S+\s+){5}")
_REMARK = re.compile(r"[ \t]*(?:\.\.|…|--|\(|\[\.)")
_CSV_BEGINS = re.compile(r"[\"A-Za-z_@#][^\n,;|\t]{0,62}[,;|\t][^\n]*\n?")

_ZEEK_BEGINS = re.compile(r"#(?:separator|set_separator|fields|path|open|empty_field|unset_field)[ \t]")
_W3C_BEGINS = re.compile(r"#(?:Software|Version|Date|Fields|Remark|Start-Date)\s?:")
_IIS = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:(?P<site>W3SVC\d{1,9}) )?(?:[\w-]{1,63} )?[\da-fA-F.:]{3,45} "
    r"(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|PROPFIND|TRACE|CONNECT|DEBUG|RPC_IN_DATA"
    r"|RPC_OUT_DATA) /\S* \S+ \d{1,5} "
)
_IIS_COLUMNS = (
    "date", "time", "s-ip", "cs-method", "cs-uri-stem", "cs-uri-query", "s-port", "cs-username", "c-ip",
    "cs(User-Agent)", "cs(Referer)", "sc-status", "sc-substatus", "sc-win32-status", "time-taken",
)  # fmt: skip
"""What IIS writes unless told otherwise (https://learn.microsoft.com/en-us/windows/win32/http/w3c-logging)."""
_WORD = re.compile(r"\"[^\"\n]*\"|[^ \t\n]+")


def read_row(excerpt: Excerpt, at: int, mark: str) -> tuple[list[Excerpt], int]:
    """The cells of one row, quotation marks undone, and the index of its end. A quoted cell may hold line breaks."""
    text = excerpt.text
    cells: list[Excerpt] = []
    while len(cells) <= MAX_FIELDS:
        quoted = _QUOTED.match(text, at, at + MAX_VALUE)
        if quoted and text[quoted.end() : quoted.end() + 1] in ("", mark, "\n", "\r"):
            last = quoted.end() - (quoted[0].endswith('"') and len(quoted[0]) > 1)
            cells.append(excerpt.undone(at + 1, last, _TWO_QUOTES, lambda _: '"'))
            at = quoted.end()
            at += text[at : at + 1] == "\r"
        else:
            bare = _BARE[mark].match(text, at)
            end = bare.end() if bare else at
            cells.append(excerpt.trimmed(at, end, " \r"))
            at = end
        if text[at : at + 1] != mark:
            break
        at += 1
    return cells, at if text[at : at + 1] in ("", "\n") else line_end(text, at)


def _header(excerpt: Excerpt, at: int) -> tuple[str, list[str], int] | None:
    """The separator and the column names of a line that may be a header."""
    line = excerpt.text[at : line_end(excerpt.text, at)]
    mark = max(_BARE, key=line.count)
    if line.count(mark) < 2 or len(line) > 20_000:
        return None
    cells, end = read_row(excerpt, at, mark)
    names = [cell.text.strip() for cell in cells]
    if mark in ",;" and f"{mark} " in line.replace('"', "") and sum(" " in name for name in names) * 2 > len(names):
        return None
    while names and not names[-1]:
        names.pop()
    good = [name for name in names if _NAME.fullmatch(name) and not _SENTENCE.search(name)]
    if len(good) < 3 or len(good) < len(names) or len({name.lower() for name in good}) < len(good):
        return None
    return mark, names, end


def _read_csv(excerpt: Excerpt, at: int) -> Reading | None:
    header = _header(excerpt, at)
    if not header:
        return None
    mark, names, end = header
    pieces: list[Piece] = []
    for _ in range(_MAX_ROWS):
        if excerpt.text[end : end + 1] != "\n":
            break
        start = end + 1
        cells, stop = read_row(excerpt, start, mark)
        if _REMARK.match(excerpt.text, start) or not _fits(
            cells, names, is_first=not pieces, is_last=not excerpt.text[stop:].strip()
        ):
            break
        cells = cells[: len(names)]
        values = [Value(name, cell) for name, cell in zip(names, cells, strict=False) if name]
        pieces.append(piece_of("csv", values, excerpt, start, stop))
        end = stop
    return Reading(tuple(pieces), end) if pieces else None


def _fits(cells: list[Excerpt], names: list[str], *, is_first: bool, is_last: bool) -> bool:
    """Whether a row has about as many cells as there are columns; the last may be cut."""
    if len(cells) < 2 or len(cells) > len(names) + 2:
        return False
    return len(cells) >= len(names) - (2 if len(names) > 6 else 0) or (is_last and (not is_first or len(cells) > 2))


def _read_columns(excerpt: Excerpt, at: int, fields: str, form: str) -> Reading | None:
    """A table whose lines of remarks, starting with `#`, name the columns; Zeek's path becomes the field `_path`."""
    text = excerpt.text
    names: list[str] = []
    common: list[Value] = []
    pieces: list[Piece] = []
    end = at
    while at < len(text) and len(pieces) < _MAX_ROWS:
        stop = line_end(text, at)
        if text[at : at + 1] == "#":
            if text.startswith(fields, at):
                names = text[at + len(fields) : stop].split()
            elif text.startswith("#path", at):
                common = [Value("_path", excerpt.trimmed(at + 5, stop))]
        elif names and text[at:stop].strip():
            cells = _cells(excerpt, at, stop)
            if len(cells) < min(3, len(names)):
                break
            values = [Value(name, cell) for name, cell in zip(names, cells, strict=False) if cell.text != "-"]
            pieces.append(piece_of(form, [*common, *values], excerpt, at, stop))
        elif not names or text[at:stop].strip():
            break
        end, at = stop, stop + 1
    return Reading(tuple(pieces), end)


def _cells(excerpt: Excerpt, start: int, end: int) -> list[Excerpt]:
    if excerpt.text.find("\t", start, end) >= 0:
        return read_row(excerpt, start, "\t")[0]
    return [excerpt.trimmed(*match.span(), '"') for match in _WORD.finditer(excerpt.text, start, end)]


def _read_zeek(excerpt: Excerpt, at: int) -> Reading | None:
    return _read_columns(excerpt, at, "#fields", "zeek")


def _read_w3c(excerpt: Excerpt, at: int) -> Reading | None:
    return _read_columns(excerpt, at, "#Fields:", "access_log")


def _read_iis(excerpt: Excerpt, at: int) -> Reading | None:
    """A line of IIS without its header, in the columns that are the default."""
    match = _IIS.match(excerpt.text, at)
    if not match or match["site"]:
        return None
    end = line_end(excerpt.text, at)
    values = [
        Value(name, cell)
        for name, cell in zip(_IIS_COLUMNS, _cells(excerpt, at, end), strict=False)
        if cell.text != "-"
    ]
    return Reading((piece_of("access_log", values, excerpt, at, end),), end)


CSV = Reader("csv", _CSV_BEGINS, _read_csv)
ZEEK = Reader("zeek", _ZEEK_BEGINS, _read_zeek)
W3C = Reader("access_log", _W3C_BEGINS, _read_w3c)
IIS = Reader("access_log", _IIS, _read_iis, carried=True)
