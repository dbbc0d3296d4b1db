"""Learn `data/judgement.json`: ``python -m knowledge.mapping.training BUNDLES RULES PUBLIC UNSEEN``.

BUNDLES is a folder with a bundle of each domain, RULES are Sigma rules as a team imports them, PUBLIC is a file of
labelled texts of other makers, one JSON row a line, UNSEEN what the encoder says of texts it has not seen, as
``python -m knowledge.mapping.training.encoder`` writes it. Run it whenever the lexicon, the facts, the roles, the
texts, or how text becomes words and stretches changes; it takes some minutes and gives the same numbers every time.
"""

from __future__ import annotations

import json
import lzma
import sys
from pathlib import Path

from knowledge.alerts.roles_file import read_roles
from knowledge.catalog import Catalog
from knowledge.detections.importer import read_detections
from knowledge.mapping.building import Builder
from knowledge.mapping.evidence import shipped_evidence
from knowledge.mapping.judgement import judgement_of
from knowledge.mapping.training.examples import asker_of, everyday_examples, examples, numbers_in
from knowledge.mapping.training.shipped import learn_shipped
from knowledge.mapping.training.team import learn_team
from knowledge.mapping.training.unseen import Unseen
from knowledge.sources import newest, open_source

JUDGEMENT = Path(__file__).parents[1] / "data" / "judgement.json"
ROLES = Path(__file__).parents[3] / "config" / "alert_fields.toml"


def main(folder: str, rules: str, public: str, unseen: str) -> None:
    """Learn, and write the numbers into this checkout."""
    source = open_source(folder)
    catalog = Catalog(source.fetch(offer) for offer in newest(source.offers()))
    builder = Builder(catalog, shipped_evidence(catalog))
    roles = read_roles(ROLES.read_bytes(), ROLES.name)
    techniques = builder.corpus.techniques
    encoded = Unseen(Path(unseen), numbers_in(catalog, techniques), len(techniques))
    asker = asker_of(catalog, builder, roles, encoded)
    rows = [json.loads(line) for line in lzma.decompress(Path(public).read_bytes()).decode("utf-8").splitlines()]
    found = list(examples(asker, rows, _say))
    raw = learn_shipped(builder, found, list(everyday_examples(asker)), _say)
    _, detections = read_detections(Path(rules), catalog)
    team = [each for each in detections if each.covers]
    weights, by_strings = learn_team(asker, team, judgement_of(raw))
    raw["ranking"]["linear"] |= weights
    raw["near_by_strings"] = by_strings.raw()
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(value)}" for name, value in raw.items())
    JUDGEMENT.write_text(f"{{\n{lines}\n}}\n", "utf-8")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:5])
