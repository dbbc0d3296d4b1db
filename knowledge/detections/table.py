"""Tables in CSV or Excel with a column of technique ids: each row is one claim."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.detections.model import Detection, DetectionKind, LogSourceClaim, Rejected
from knowledge.detections.reader import Document, Format, Result, Shape, claimed, each_once, techniques_in, word

_COLUMNS: dict[str, str] = {
    "ids": "technique techniques techniqueid techniqueids attackid attackids mitreid mitreids mitreattackid"
    " mitreattackids mitretechnique mitretechniques mitretechniqueid mitreattack mitre attack ttp ttps subtechnique"
    " subtechniqueid subtechniques",
    "title": "title name rule rulename detection detectionname usecase alert alertname analytic",
    "id": "id ruleid uuid guid identifier detectionid usecaseid",
    "description": "description details comment comments notes summary",
    "level": "level severity priority score risk",
    "status": "status state maturity stage",
    "tactics": "tactic tactics tacticid",
    "log_sources": "logsource logsources datasource datasources source datacomponent telemetry",
    "enabled": "enabled active on",
    "url": "url link reference references",
}
"""What a column may be headed, in lower-case letters and digits."""

_KEY_OF = {heading: key for key, headings in _COLUMNS.items() for heading in headings.split()}
_NO = frozenset({"no", "false", "0", "off", "disabled", "n", "inactive"})
_SPLIT = re.compile(r"[,;|\n]")
_HEADER_WITHIN = 20
_SAMPLE = 50
_MOST = 0.5

Columns = dict[str, list[int]]


def recognises(document: Document) -> bool:
    """A sheet with a column of ids: one that is headed so and holds one, or one that mostly holds ids."""
    return document.shape is Shape.TABLE and any(_layout(sheet) is not None for sheet in document.values)


def read(document: Document) -> Iterator[Result]:
    """Each row below the head; an empty row is none."""
    for position, sheet in enumerate(document.values, 1):
        layout = _layout(sheet)
        if layout is None or not isinstance(sheet, list):
            continue
        start, columns = layout
        for row in sheet[start:]:
            if any(row):
                yield _detection(row, columns, document.place(position))


def _layout(sheet: object) -> tuple[int, Columns] | None:
    """Where the rows start, and which columns hold what."""
    if not isinstance(sheet, list):
        return None
    for number, row in enumerate(sheet[:_HEADER_WITHIN]):
        columns = _named(row)
        below = sheet[number + 1 :]
        if columns.get("ids") and any(techniques_in(_cell(each, columns["ids"])) for each in below):
            return number + 1, columns
    for number, row in enumerate(sheet[:_HEADER_WITHIN]):
        if (
            len([cell for cell in row if cell]) > 0
            and (column := _id_column(sheet[number : number + _SAMPLE])) is not None
        ):
            heads = bool(techniques_in(row[column])) if column < len(row) else False
            columns = {} if heads else {key: found for key, found in _named(row).items() if column not in found}
            return (number if heads else number + 1), {**columns, "ids": [column]}
    return None


def _named(row: list[str]) -> Columns:
    columns: Columns = {}
    for index, cell in enumerate(row):
        bare = "".join(char for char in cell.lower().replace("&", "a") if char.isalnum())
        if key := _KEY_OF.get(bare):
            columns.setdefault(key, []).append(index)
    return columns


def _id_column(rows: list[list[str]]) -> int | None:
    """The column whose filled cells are mostly short and hold an id."""
    counts: dict[int, list[int]] = {}
    for row in rows:
        for index, cell in enumerate(row):
            if cell:
                count = counts.setdefault(index, [0, 0])
                count[0] += 1
                count[1] += bool(techniques_in(cell[:200]))
    likely = [(held / filled, -index) for index, (filled, held) in counts.items() if held and held >= filled * _MOST]
    return -max(likely)[1] if likely else None


def _cell(row: list[str], indexes: list[int]) -> str:
    return ", ".join(row[index] for index in indexes if index < len(row) and row[index])


def _detection(row: list[str], columns: Columns, place: str) -> Detection | Rejected:
    def cell(key: str) -> str:
        return _cell(row, columns.get(key, []))

    ids, written = claimed([part.strip() for part in _SPLIT.split(cell("ids"))])
    title = cell("title")
    if not title and not ids:
        return Rejected(place, f"a row with neither a technique id nor a title ({' | '.join(filter(None, row))[:80]})")
    level = word(cell("level"))
    return Detection(
        id=cell("id")[:100],
        title=(title or ", ".join(ids))[:300],
        description=cell("description")[:4_000],
        path=place,
        kind=DetectionKind.RULE if title else DetectionKind.SCORE,
        level=f"score {level}" if level.replace(".", "", 1).lstrip("-").isdigit() else level,
        status=word(cell("status")),
        enabled=cell("enabled").lower() not in _NO and not _is_zero(level),
        ids=ids,
        written_ids=written,
        tactics=each_once(part.strip() for part in _SPLIT.split(cell("tactics"))),
        log_sources=tuple(LogSourceClaim(name=each) for each in _names(cell("log_sources"))),
        url=cell("url")[:500],
    )


def _names(cell: str) -> tuple[str, ...]:
    return each_once((part.strip()[:100] for part in _SPLIT.split(cell)), 20)


def _is_zero(level: str) -> bool:
    """A score that says there is nothing."""
    try:
        return float(level) <= 0
    except ValueError:
        return False


FORMAT = Format("table", recognises, read)
