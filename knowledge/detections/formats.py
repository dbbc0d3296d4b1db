"""The formats detections come in. A new one is a file with a `Format` and a line here."""

from __future__ import annotations

from knowledge.detections import dettect, elastic, navigator, sentinel, sigma, splunk, stix_refs, table
from knowledge.detections.reader import Format

FORMATS: tuple[Format, ...] = (
    sigma.FORMAT,
    elastic.FORMAT,
    splunk.FORMAT,
    sentinel.FORMAT,
    navigator.FORMAT,
    dettect.FORMAT,
    stix_refs.FORMAT,
    table.FORMAT,
)
"""In the order in which they are asked whether a document is theirs; the first that says so reads it."""

BY_NAME: dict[str, Format] = {each.name: each for each in FORMATS}

FORMAT_NAMES: tuple[str, ...] = tuple(BY_NAME)
"""What ``--format`` takes."""
