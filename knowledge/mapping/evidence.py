"""The texts that are known to show a technique, and where each comes from.

Shipped evidence is what a release says (names, descriptions, procedure examples, analytics with their log sources) and
the Sigma rules in the pymispgalaxies wheel, and texts written for this product: rules, sentences of reports, alerts and
raw lines of every technique. A team adds its own: imported detections and confirmed alerts.
"""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any

from knowledge.catalog import Catalog
from knowledge.model import Kind, Technique


class Source(StrEnum):
    """Where a piece of evidence comes from."""

    RULE = "rule"
    PROCEDURE = "procedure"
    ANALYTIC = "analytic"
    DESCRIPTION = "description"
    NAME = "name"
    STRATEGY = "strategy"
    WRITTEN = "written"
    """A text written for this product."""
    DETECTION = "detection"
    """A detection of the team's."""
    CONFIRMED = "confirmed"
    """An alert that somebody of the team confirmed."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One text and the techniques it shows.

    Attributes:
        text: What it says; the first line of a rule is its title.
        techniques: ATT&CK ids, as their author gave them; retired ones are followed when an index is made.
        source: Where it comes from.
        label: How to name it to a person, after "like": ``Sigma rule “…”``, ``the procedure example of APT29``.
        origin: What it must be held out with when accuracy is estimated: one group's examples, one rule.
        strings: What a rule looks for, word for word: commands, keys, file names.
    """

    text: str
    techniques: tuple[str, ...]
    source: Source
    label: str
    origin: str = ""
    strings: tuple[str, ...] = ()


_CITATION = re.compile(r"\(Citation: [^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\(https?://[^)\s]*\)")
_CODE = re.compile(r"</?code>")
_TAG = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)")
_SIGMA = "data/misp-galaxy/clusters/sigma-rules.json"


def plain(text: str) -> str:
    """ATT&CK's prose without citations, links and code marks."""
    return _CODE.sub("`", _LINK.sub(r"\1", _CITATION.sub("", text)))


def shipped_evidence(catalog: Catalog) -> tuple[Evidence, ...]:
    """All evidence that comes with a release and with the product, in a fixed order."""
    release = (each for technique in catalog.techniques() for each in _of_technique(catalog, technique))
    return (*release, *sigma_rules(), *written_texts(catalog))


def _of_technique(catalog: Catalog, technique: Technique) -> Iterator[Evidence]:
    ids = (technique.id,)
    named = f"the description of {technique.id} {technique.name}"
    yield Evidence(technique.name, ids, Source.NAME, f"the name of {technique.id}", technique.id)
    text = f"{technique.name}. {plain(technique.description)}\n{plain(technique.detection)}".strip()
    yield Evidence(text, ids, Source.DESCRIPTION, named, technique.id)
    for each in catalog.procedures_of(technique):
        label = f"the procedure example of {each.object.name}"
        yield Evidence(plain(each.description), ids, Source.PROCEDURE, label, each.object.stix_id)
    for strategy in catalog.strategies_of(technique):
        label = f"MITRE’s detection strategy {strategy.id}"
        yield Evidence(strategy.name, ids, Source.STRATEGY, label, strategy.stix_id)
        for analytic in catalog.analytics_of(strategy):
            sources = " ".join(f"{source.name} {source.channel}" for source in analytic.log_sources)
            text = f"{plain(analytic.description)}\n{sources}"
            yield Evidence(text, ids, Source.ANALYTIC, f"MITRE’s analytic {analytic.id}", strategy.stix_id)


def sigma_rules() -> Iterator[Evidence]:
    """The Sigma rules of the pymispgalaxies wheel that name a technique; titles, descriptions and tags only."""
    raw = json.loads(files("pymispgalaxies").joinpath(_SIGMA).read_bytes())
    for rule in raw["values"]:
        tags = (_TAG.fullmatch(tag.lower()) for tag in rule["meta"].get("tags", ()))
        ids = tuple(dict.fromkeys(match[1].upper() for match in tags if match))
        if ids:
            title = rule["value"]
            text = f"{title}\n{rule.get('description', '')}"
            yield Evidence(text, ids, Source.RULE, f"Sigma rule “{title}”", rule["uuid"])


def written_texts(catalog: Catalog) -> Iterator[Evidence]:
    """The texts written for this product, as examples of their techniques; `written_rows` says of what kinds."""
    for row in written_rows():
        ids = tuple(row["labels"])
        current = current_ids(catalog, ids)
        item = catalog.get(current[0]) if current else None
        if item is not None:
            yield Evidence(row["text"], ids, Source.WRITTEN, f"an example of {item.name}", f"written {row['kind']}")


def written_rows() -> Iterator[dict[str, Any]]:
    """Texts with `kind` (rule, report, alert or event), `text` and `labels`, ids of ATT&CK 18.1."""
    yield from _lines("written.jsonl.xz")


def harmless_rows() -> Iterator[dict[str, Any]]:
    """Harmless texts with `text` and `near`, the technique that each could be taken for."""
    yield from _lines("everyday.jsonl.xz")


def _lines(name: str) -> Iterator[dict[str, Any]]:
    raw = lzma.decompress(files("knowledge.mapping").joinpath("data", name).read_bytes())
    yield from (json.loads(line) for line in raw.decode("utf-8").splitlines())


def current_ids(catalog: Catalog, technique_ids: tuple[str, ...]) -> tuple[str, ...]:
    """The techniques to use today for ids of any release; those that lead nowhere are left out."""
    found = (catalog.find(each) for each in technique_ids)
    items = (each.object for each in found if each is not None)
    return tuple(dict.fromkeys(item.id for item in items if item.kind is Kind.TECHNIQUE and not item.retired))
