"""Rules written in YAML: the values of some of their lists replaced, and the result read back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from knowledge.detections.guarded_yaml import read_yaml
from knowledge.retag.model import Edited, RetagError
from knowledge.retag.plan import Plan
from knowledge.retag.yaml_lists import ValueList, lists_at, rewritten

Wanted = Callable[[list[str], Plan], list[list[str]]]
"""For each value of a list what shall stand in its place: itself, another, several, or none."""


def edited_lists(
    text: str,
    path: str,
    plan: Plan,
    *,
    places: Iterable[tuple[str, ...]],
    wanted_for: Wanted,
    only: re.Pattern[str] | None = None,
) -> Edited:
    """The rules of a file with what they should name.

    Args:
        text: The file's.
        path: For messages.
        plan: Successors and tactics.
        places: Where the lists are, key inside key.
        wanted_for: What to write in one of them.
        only: Which values are ATT&CK's at all; every one where None.

    Raises:
        RetagError: A value should change and cannot be.
        DetectionsError: It is not YAML, or beyond the bounds of what is read.
    """
    documents = read_yaml(text, path)
    found = [place for keys in places for place in lists_at(text, keys)]
    what: dict[str, None] = {}
    # From the last to the first, so that those before still stand where they were found.
    for place in sorted(found, key=lambda each: each.entries[0].start if each.entries else 0, reverse=True):
        wanted = wanted_for([entry.value for entry in place.entries], plan)
        _refuse_odd_spellings(place, wanted, plan, path, only)
        if wanted == [[entry.value] for entry in place.entries]:
            continue
        text = rewritten(text, place, wanted, path)
        what.update(dict.fromkeys(_described(place, wanted)))
        documents[place.document] = _with_list(documents[place.document], place, wanted)
    if what and read_yaml(text, path) != documents:
        raise RetagError(path, "would not read as meant after the change; change it by hand")
    return Edited(text, tuple(what))


def _refuse_odd_spellings(
    place: ValueList, wanted: list[list[str]], plan: Plan, path: str, only: re.Pattern[str] | None
) -> None:
    """Name a retired id that stays because it is not written the usual way, rather than pass it over."""
    for entry, values in zip(place.entries, wanted, strict=True):
        if values == [entry.value] and (only is None or only.fullmatch(entry.value)):
            found = plan.unwritable(entry.value)
            if found is not None:
                raise RetagError(path, f"names {found.old}, now {found.new}, as {entry.value!r}; change it by hand")


def _described(place: ValueList, wanted: list[list[str]]) -> list[str]:
    """What was replaced, in a few words each."""
    pairs = zip(place.entries, wanted, strict=True)
    return [
        f"{entry.value} to {' and '.join(values)}" if values else f"{entry.value} dropped"
        for entry, values in pairs
        if values != [entry.value]
    ]


def _with_list(document: object, place: ValueList, wanted: list[list[str]]) -> object:
    """A parsed document with other values in one of its lists; what the rewritten text has to read as."""
    if not place.keys:
        values = [value for each in wanted for value in each]
        return values[0] if place.alone else values
    first, rest = place.keys[0], ValueList(0, place.keys[1:], place.entries, place.flow, place.alone)
    if not isinstance(document, dict):
        return document
    return {key: _with_list(value, rest, wanted) if key == first else value for key, value in document.items()}
