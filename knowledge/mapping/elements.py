"""A record that lists several processes, taken apart: each is an act of its own, and no rule is held against a mixture.

Vendors put what they saw into one list of their alert: ``evidence``, ``behaviors``, ``processes``. The paths of its
fields do not say which belong together; their order does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from knowledge.alerts.model import Field, Record, Role

MOST = 50
"""Most elements that a record is taken apart into."""

_OF_THE_WHOLE = frozenset((Role.TITLE, Role.DESCRIPTION, Role.MESSAGE, Role.RULE, Role.TECHNIQUE))
"""What is said of all elements together."""


def elements_of(record: Record) -> tuple[Record, ...]:
    """What a record says of all, then each element of its list of processes, with what all have in common.

    Args:
        record: Of any format; prose has no such list.

    Returns:
        None for a record without a list in which a command line occurs more than once.
    """
    counts = Counter(field.path for field in _first_of_each_run(record.fields) if field.role is Role.COMMAND)
    path = next((path for path, n in counts.items() if n > 1 and "." in path), "")
    if not path or sum(counts.values()) > MOST:
        return ()
    name = _list_of(record.fields, path)
    inside = [field for field in record.fields if field.path.startswith(f"{name}.")]
    shared = [field for field in record.fields if not field.path.startswith(f"{name}.")]
    common = [field for field in shared if field.role not in _OF_THE_WHOLE]
    elements = [
        replace(record, fields=(*common, *own), start=own[0].start, end=own[-1].end) for own in _apart(inside, path)
    ]
    return (replace(record, fields=tuple(shared), end=elements[0].start), *elements)


def _first_of_each_run(fields: Sequence[Field]) -> Iterator[Field]:
    """Without what is a list by itself: the arguments of one command line."""
    for at, field in enumerate(fields):
        if not at or fields[at - 1].path != field.path:
            yield field


def _list_of(fields: Sequence[Field], path: str) -> str:
    """The path of the list: what the paths of its fields that occur again have in common."""
    top = path.partition(".")[0]
    counts = Counter(field.path for field in fields if field.path.partition(".")[0] == top)
    again = [each.split(".")[:-1] for each, n in counts.items() if n > 1]
    shared = takewhile(lambda parts: len(set(parts)) == 1, zip(*again, strict=False))
    return ".".join(parts[0] for parts in shared) or top


def _apart(fields: Sequence[Field], path: str) -> list[list[Field]]:
    """The fields, element by element.

    An element ends where the next begins with the same name, or behind its command line with a name that stands before
    it. Names that stand behind it may occur again: lists within the element.
    """
    found: list[list[Field]] = []
    before: set[str] = set()
    for field in fields:
        done = bool(found) and any(each.path == path for each in found[-1])
        goes_on = bool(found) and found[-1][-1].path == field.path
        again = bool(found) and (field.path == found[-1][0].path or (done and field.path in before))
        if not found or (again and not goes_on):
            found.append([])
            before = set()
            done = False
        found[-1].append(field)
        if not done:
            before.add(field.path)
    return found
