"""What the encoder is given of an alert: its telling parts as a short text, without the rest of the record."""

from __future__ import annotations

import re

from knowledge.mapping.reading import NAME, Reading, Stretch

MOST = 1_200
"""Characters the encoder is given; it reads the first pieces of them."""

_LONGEST = 260  # characters of one field
_GAP = 80  # characters between two stretches of prose that hold no words
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPACE = re.compile(r"\s+")


def telling_text(reading: Reading) -> str:
    """Prose as it stands; of records the fields, the weightiest first, one a line.

    Args:
        reading: A passage.
    """
    parts = _fields(reading) if any(each.field for each in reading.stretches) else _prose(reading)
    return "".join(parts)[:MOST]


def _fields(reading: Reading) -> list[str]:
    found: dict[str, None] = {}
    for each in sorted(reading.stretches, key=lambda each: -each.weight):
        part = _SPACE.sub(" ", _HUMP.sub(" ", _written(reading, each)[:_LONGEST])).strip()
        if part and each.weight > NAME:
            found[f"{part}\n"] = None
    return list(found)


def _prose(reading: Reading) -> list[str]:
    """From the first to the last stretch; what was left out between two of them is left out here."""
    parts: list[str] = []
    end = -_GAP - 1
    for each in reading.stretches:
        if each.decoded:
            parts.append(f"\n{each.decoded}")
        elif each.end > end:
            start = max(each.start, end) if each.start - end > _GAP else end
            parts.append(reading.text[start : each.end])
            end = each.end
    return parts


def _written(reading: Reading, stretch: Stretch) -> str:
    return stretch.decoded or reading.text[stretch.start : stretch.end]
