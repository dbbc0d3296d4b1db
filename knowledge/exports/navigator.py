"""A layer file for MITRE's ATT&CK Navigator, format 4.5."""

from __future__ import annotations

import json
from math import ceil

from knowledge.catalog import Catalog
from knowledge.exports.layer import Layer, Mark
from knowledge.model import Technique

FORMAT = "4.5"
NAVIGATOR = "5.1.0"


def navigator_json(catalog: Catalog, layer: Layer, *, made_on: str) -> bytes:
    """Write a layer, UTF-8. Techniques that no mark bears are left out, so the Navigator shows them plain.

    Args:
        catalog: The layer's.
        layer: What to write.
        made_on: The day, such as ``2026-08-01``; stands in the description.
    """
    release = layer.release
    marked = ((technique, layer.marks.get(technique.id)) for technique in catalog.techniques(release.domain))
    expanded = {
        technique.id.partition(".")[0]
        for technique in catalog.techniques(release.domain)
        if technique.is_subtechnique and technique.id in layer.marks
    }
    scores = [mark.score for mark in layer.marks.values()]
    document = {
        "name": f"{layer.title}, {release.label}",
        "versions": {"attack": release.version.partition(".")[0], "navigator": NAVIGATOR, "layer": FORMAT},
        "domain": f"{release.domain}-attack",
        "description": " ".join(part for part in (layer.text, layer.caution, f"Made on {made_on}.") if part),
        "sorting": 0,
        "layout": {"layout": "side", "showName": True, "showID": False},
        "hideDisabled": False,
        "techniques": [
            _technique(technique, mark, layer, expand=technique.id in expanded) for technique, mark in marked if mark
        ],
        "gradient": {
            "colors": [layer.shades[1].fill, layer.shades[-1].fill],
            "minValue": 0,
            "maxValue": ceil(max([1, *scores])),
        },
        "legendItems": [{"label": shade.label, "color": shade.fill} for shade in layer.shades],
        "metadata": [{"name": "Made on", "value": made_on}, {"name": "ATT&CK", "value": release.label}],
        "showTacticRowBackground": False,
        "tacticRowBackground": "#dddddd",
        "selectTechniquesAcrossTactics": True,
        "selectSubtechniquesWithParent": False,
        "selectVisibleTechniques": False,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _technique(technique: Technique, mark: Mark, layer: Layer, *, expand: bool) -> dict[str, object]:
    return {
        "techniqueID": technique.id,
        "score": mark.score,
        "color": layer.shades[mark.shade].fill,
        "comment": mark.note,
        "enabled": True,
        "metadata": [{"name": name, "value": value} for name, value in mark.facts],
        "showSubtechniques": expand and not technique.is_subtechnique,
    }
