"""Seeded damage to bundles: what cut lines, flipped bits and careless tools do to JSON."""

from __future__ import annotations

import copy
import json
import random
from collections import defaultdict
from typing import Any

ODDITIES: tuple[Any, ...] = (
    *(None, True, 0, -1, 1e308, "", "x", "\u202e\x00", "9999-99-99"),
    *([], [None], [[]], ["a", 1], {}, {"a": {}}, {"id": []}),
)


def trimmed(text: bytes, *, of_each_type: int = 4) -> dict[str, Any]:
    """A real bundle cut down to a few objects of each type, with the relationships among them and its tactics."""
    bundle: dict[str, Any] = json.loads(text)
    kept: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for item in sorted(bundle["objects"], key=lambda item: item["id"]):
        if item["type"] != "relationship" and (
            item["type"] == "x-mitre-tactic" or len(kept[item["type"]]) < of_each_type
        ):
            kept[item["type"]].append(item)
    objects = [item for group in kept.values() for item in group]
    known = {item["id"] for item in objects}
    for item in kept["x-mitre-collection"]:
        item["x_mitre_contents"] = [entry for entry in item["x_mitre_contents"] if entry["object_ref"] in known]
    between = [
        item
        for item in bundle["objects"]
        if item["type"] == "relationship" and (item["source_ref"] in known or item["target_ref"] in known)
    ]
    whole = [item for item in between if item["source_ref"] in known and item["target_ref"] in known]
    return {**bundle, "objects": [*objects, *whole[:20], *between[:10]]}


def damaged(bundle: dict[str, Any], seed: int) -> bytes:
    """The bundle with a few things wrong, the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311  # chance that can be repeated is the point
    text = json.dumps(bundle).encode()
    way = dice.random()
    if way < 0.15:
        return text[: dice.randrange(len(text))]
    if way < 0.35:
        flipped = bytearray(text)
        for _ in range(dice.choice((1, 1, 3, 30))):
            flipped[dice.randrange(len(flipped))] ^= 1 << dice.randrange(8)
        return bytes(flipped)
    wrong = copy.deepcopy(bundle)
    for _ in range(dice.choice((1, 2, 5, 40))):
        _spoil(wrong, dice)
    return json.dumps(wrong).encode()


def _spoil(bundle: dict[str, Any], dice: random.Random) -> None:
    objects = bundle.get("objects")
    if not isinstance(objects, list) or not objects:
        return
    # Few objects of a kind matter more than many: a kind first, then one of it.
    kinds = sorted({str(item.get("type")) for item in objects if isinstance(item, dict)})
    kind = dice.choice(kinds) if kinds else ""
    item = dice.choice([o for o in objects if not isinstance(o, dict) or str(o.get("type")) == kind])
    act = dice.random()
    if act < 0.1:
        objects.append(copy.deepcopy(item))
    elif act < 0.15:
        objects.remove(item)
    elif act < 0.2:
        objects[objects.index(item)] = dice.choice(ODDITIES)
    elif act < 0.22:
        bundle[dice.choice(list(bundle))] = dice.choice(ODDITIES)
    elif isinstance(item, dict) and item:
        holder, key = _place(item, dice)
        if act < 0.4:
            del holder[key]
        elif act < 0.9:
            holder[key] = copy.deepcopy(dice.choice(ODDITIES))
        else:
            other = dice.choice([o for o in objects if isinstance(o, dict)] or [item])
            holder[key] = copy.deepcopy(dice.choice(list(other.values()) or [None]))


def _place(item: dict[str, Any], dice: random.Random) -> tuple[Any, Any]:
    """A field of the object, or now and then one inside it."""
    holder: Any = item
    key: Any = dice.choice(list(item))
    while isinstance(holder[key], dict | list) and holder[key] and dice.random() < 0.5:
        holder = holder[key]
        key = dice.choice(list(holder)) if isinstance(holder, dict) else dice.randrange(len(holder))
    return holder, key
