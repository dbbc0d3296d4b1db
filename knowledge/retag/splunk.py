"""The technique ids of Splunk security content; it names no tactics."""

from __future__ import annotations

import re

from knowledge.detections.guarded_yaml import read_yaml
from knowledge.retag.model import Edited, RetagError
from knowledge.retag.plan import Plan
from knowledge.retag.sigma import described, refuse_odd_spellings, with_list
from knowledge.retag.yaml_lists import lists_at, rewritten

_PLACES = (("tags", "mitre_attack_id"), ("mitre_attack_id",))
_ID = re.compile(r"T\d{4}(?:\.\d{3})?", re.IGNORECASE)


def edited(text: str, path: str, plan: Plan) -> Edited:
    """The detections of a file with the ids they should have.

    Raises:
        RetagError: An id should change and cannot be.
        DetectionsError: It is not YAML, or beyond the bounds of what is read.
    """
    documents = read_yaml(text, path)
    places = [place for keys in _PLACES for place in lists_at(text, keys)]
    what: dict[str, None] = {}
    for place in sorted(places, key=lambda each: each.entries[0].start if each.entries else 0, reverse=True):
        wanted = wanted_ids([entry.value for entry in place.entries], plan)
        refuse_odd_spellings(place, wanted, plan, path)
        if wanted == [[entry.value] for entry in place.entries]:
            continue
        text = rewritten(text, place, wanted, path)
        what.update(dict.fromkeys(described(place, wanted)))
        documents[place.document] = with_list(documents[place.document], place, wanted)
    if what and read_yaml(text, path) != documents:
        raise RetagError(path, "would not read as meant after the change; change it by hand")
    return Edited(text, tuple(what))


def wanted_ids(ids: list[str], plan: Plan) -> list[list[str]]:
    """For each id what shall stand in its place; nothing where its successor is named already."""
    kept = {each.upper() for each in ids}
    wanted = []
    for each in ids:
        found = plan.succession(each.upper()) if _ID.fullmatch(each) else None
        if found is None:
            wanted.append([each])
        else:
            wanted.append([] if found.new in kept else [found.new])
            kept.add(found.new)
    return wanted
