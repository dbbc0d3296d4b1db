"""What an import changes: the detections of a source before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from knowledge.detections.model import Detection
from knowledge.store.model import HISTORY_KEPT, IDS_KEPT, SourceChange, SourceImport
from knowledge.store.names import encodable


def by_id(detections: Iterable[Detection]) -> dict[str, Detection]:
    """The detections under their ids, in order; where an id comes again it gets ``#2``, so that none is lost."""
    kept: dict[str, Detection] = {}
    seen: Counter[str] = Counter()
    for each in detections:
        detection = encodable(each)
        key = detection.id
        while key in kept:
            seen[detection.id] += 1
            key = f"{detection.id}#{seen[detection.id] + 1}"
        kept[key] = detection
    return kept


def compare(
    source: SourceImport, before: Mapping[str, Detection], after: Mapping[str, Detection], *, gone: bool = False
) -> SourceChange:
    """What became of which detection; the order they come in is no difference."""
    added = tuple(key for key in after if key not in before)
    removed = tuple(key for key in before if key not in after)
    changed = tuple(key for key, each in after.items() if key in before and before[key] != each)
    return SourceChange(
        name=source.name,
        label=source.label,
        at=source.imported_at,
        gone=gone,
        added=len(added),
        changed=len(changed),
        removed=len(removed),
        unchanged=len(after) - len(added) - len(changed),
        added_ids=added,
        changed_ids=changed,
        removed_ids=removed,
    )


def same_content(one: SourceImport, other: SourceImport) -> bool:
    """Whether two imports report the same, wherever and whenever they were read."""
    return replace(one, path="", imported_at="") == replace(other, path="", imported_at="")


def remembered(history: Iterable[SourceChange], change: SourceChange) -> tuple[SourceChange, ...]:
    """The history, newest first, with this change in front and within its bounds."""
    trimmed = replace(
        change,
        added_ids=change.added_ids[:IDS_KEPT],
        changed_ids=change.changed_ids[:IDS_KEPT],
        removed_ids=change.removed_ids[:IDS_KEPT],
    )
    return (trimmed, *history)[:HISTORY_KEPT]
