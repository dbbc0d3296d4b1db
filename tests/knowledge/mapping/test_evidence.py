"""Evidence is what the release and the wheel say, named so that a person can look it up."""

from __future__ import annotations

from knowledge.catalog import Catalog
from knowledge.mapping.evidence import Source, current_ids, plain, shipped_evidence, sigma_rules


def test_every_sigma_rule_with_a_technique_is_evidence() -> None:
    rules = list(sigma_rules())
    assert len(rules) > 2_500
    assert all(rule.techniques and rule.origin for rule in rules)
    assert rules[0].label.startswith("Sigma rule “")


def test_a_release_gives_evidence_of_every_kind(real_catalog: Catalog) -> None:
    sources = {piece.source for piece in shipped_evidence(real_catalog)}
    assert sources == set(Source) - {Source.DETECTION, Source.CONFIRMED}


def test_ids_of_any_release_become_todays(catalog: Catalog) -> None:
    assert current_ids(catalog, ("T1086", "T1059.001", "T9999")) == ("T1059.001",)


def test_prose_is_plain() -> None:
    text = "[APT29](https://attack.mitre.org/groups/G0016) used <code>net</code>.(Citation: Somebody 2020)"
    assert plain(text) == "APT29 used `net`."
