"""A path becomes detections and a report that leaves nothing out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePath

from knowledge.catalog import Catalog
from knowledge.detections.checking import IdCheck
from knowledge.detections.errors import DetectionsError
from knowledge.detections.formats import BY_NAME, FORMATS
from knowledge.detections.found import readable
from knowledge.detections.gathering import Gathering
from knowledge.detections.model import Detection, ImportReport
from knowledge.detections.reader import Format
from knowledge.detections.walk import walk
from knowledge.sources.source import Progress, silent

_PACKING = frozenset(
    {
        *(".gz", ".xz", ".bz2", ".tar", ".zip", ".tgz", ".txz"),
        *(".json", ".ndjson", ".jsonl", ".yml", ".yaml", ".toml", ".csv", ".tsv", ".xlsx", ".xlsm"),
    }
)


def read_detections(
    path: Path,
    catalog: Catalog,
    *,
    source: str = "",
    format: str = "",  # noqa: A002 (what the command line calls it)
    progress: Progress = silent,
) -> tuple[ImportReport, tuple[Detection, ...]]:
    """Read every detection below a path, and check the ids they name.

    Hidden files and folders (``.git`` among them) are passed over, links are not followed, archives are read
    in memory. A file that is refused is in the report; the others are read all the same.

    Args:
        path: A folder, a file, a checkout, or a zip or tar archive.
        catalog: What the ids are checked against. An id it does not know, or knows as retired, is kept.
        source: The name to keep the detections under; the name of the path unless given.
        format: Read this format only, such as ``sigma``; any unless given.
        progress: Told how many files were looked into, how many there are (None: nobody knows) and the last one.

    Returns:
        The report, and the detections in the order of their paths: ``report.imported`` with a technique and
        ``report.without_technique`` with none, each with an id of its own.

    Raises:
        DetectionsError: There is nothing at `path`, nothing in it is in a known format, or `format` is none.
    """
    if format and format not in BY_NAME:
        raise DetectionsError(format, f"no format known here; known are {', '.join(BY_NAME)}")
    formats = (BY_NAME[format],) if format else FORMATS
    name = source or _source_name(path)
    gathered = Gathering(formats, progress, alone=path.is_file()).all(walk(path))
    if not gathered.detections and not gathered.rejected:
        raise DetectionsError(str(path), f"holds no detections in {_known(formats)}")
    check = IdCheck(catalog)
    detections = tuple(check.checked(each) for each in _named(gathered.detections, name))
    imported = sum(1 for each in detections if each.ids)
    report = ImportReport(
        source=name,
        formats=tuple(gathered.formats.most_common()),
        read=len(detections) + len(gathered.rejected),
        imported=imported,
        without_technique=len(detections) - imported,
        unknown_ids=check.unknown(),
        retired_ids=check.retired(),
        rejected=tuple(gathered.rejected),
        passed_over=gathered.passed_over.all(),
        attack=tuple(release.label for release in catalog.releases),
    )
    return report, detections


def _named(detections: list[Detection], source: str) -> Iterable[Detection]:
    """The detections with their source, and an id each of its own.

    A rule without an id gets a hash of what stays the same between imports. A second rule with the same id gets
    a number behind it.
    """
    met: Counter[str] = Counter()
    taken: set[str] = set()
    for each in detections:
        own = unique = each.id or _hash(each)
        met[own] += 1
        while unique in taken:
            met[own] = max(2, met[own])
            unique = f"{own}~{met[own]}"
            met[own] += unique in taken
        taken.add(unique)
        yield replace(each, id=unique, source=source)


def _hash(each: Detection) -> str:
    parts = (each.format, each.path.split("#", 1)[0], each.title, *each.written_ids)
    return f"{each.format}-{hashlib.sha256(chr(0).join(parts).encode('utf-8', 'replace')).hexdigest()[:20]}"


def _source_name(path: Path) -> str:
    """The name of the folder or the file, without what says how it is packed."""
    name = readable(path.resolve().name) or "detections"
    if path.is_file():
        while (suffix := PurePath(name).suffix.lower()) in _PACKING:
            name = name[: -len(suffix)]
    return name


def _known(formats: tuple[Format, ...]) -> str:
    names = [each.name for each in formats]
    return f"the format {names[0]}" if len(names) == 1 else f"a known format ({', '.join(names)})"
