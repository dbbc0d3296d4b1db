"""A release's changes over its matrix."""

from __future__ import annotations

import json

from knowledge.catalog import Catalog
from knowledge.changes import diff
from knowledge.exports import draw_heatmap, navigator_json
from knowledge.exports.moved import moved_layer
from tests.knowledge.changes.releases import after_split, before_split


def test_what_is_to_be_acted_on_outweighs_what_is_worth_reading() -> None:
    catalog = Catalog([after_split()])
    layer = moved_layer(diff(before_split(), after_split()), catalog, touched={"T1685", "T1562.001"})

    assert {
        key: layer.shades[mark.shade].label for key, mark in layer.marks.items() if key in ("T1553", "T1685", "T1686")
    } == {
        "T1553": "to act on",
        "T1685": "worth reading, and rules of yours name it",
        "T1686": "worth reading",
    }
    assert layer.cell("T1059").label == "nothing of note"
    assert layer.headline.endswith("rules of yours name 2 of them")


def test_it_can_be_drawn_and_handed_over() -> None:
    catalog = Catalog([after_split()])
    layer = moved_layer(diff(before_split(), after_split()), catalog)

    picture = draw_heatmap(catalog, layer, made_on="2026-11-16")
    assert picture.png.startswith(b"\x89PNG")
    assert "Enterprise 19.0" in picture.text
    marked = {
        each["techniqueID"] for each in json.loads(navigator_json(catalog, layer, made_on="2026-11-16"))["techniques"]
    }
    assert {"T1553", "T1685"} <= marked
