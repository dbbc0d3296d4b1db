"""Learn `data/judgement.json`: ``python -m knowledge.mapping.training BUNDLE_FOLDER RULES``.

BUNDLE_FOLDER holds a bundle of each domain, RULES are Sigma rules as a team imports them. Run it whenever the lexicon,
the everyday lines, or how text becomes words and clauses changes; it takes two minutes and gives the same numbers every
time. No labelled alert outside the product is read.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from knowledge.catalog import Catalog
from knowledge.detections.importer import read_detections
from knowledge.mapping.building import Builder
from knowledge.mapping.evidence import shipped_evidence
from knowledge.mapping.judgement import judgement_of
from knowledge.mapping.training.shipped import learn_shipped
from knowledge.mapping.training.team import learn_team
from knowledge.sources import newest, open_source

JUDGEMENT = Path(__file__).parents[1] / "data" / "judgement.json"


def main(folder: str, rules: str) -> None:
    """Learn from the newest bundles of a folder and from rules, and write the numbers into this checkout."""
    source = open_source(folder)
    catalog = Catalog(source.fetch(offer) for offer in newest(source.offers()))
    builder = Builder(catalog, shipped_evidence(catalog))
    raw = learn_shipped(builder, lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201
    _, detections = read_detections(Path(rules), catalog)
    team = [each for each in detections if each.covers]
    weights, by_strings = learn_team(catalog, builder, team, judgement_of(raw))
    raw["ranking"] |= weights
    raw["near_by_strings"] = by_strings.raw()
    JUDGEMENT.write_text(json.dumps(raw, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
