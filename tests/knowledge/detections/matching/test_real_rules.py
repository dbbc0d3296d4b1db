"""Every public rule is understood, and fires on the event it describes."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.detections.matching import matcher_of
from knowledge.detections.matching.checks import check_of
from knowledge.detections.matching.names import field_names
from knowledge.detections.matching.nodes import read
from knowledge.detections.model import Detection
from knowledge.detections.reader import Document, Shape
from knowledge.detections.sigma import FORMAT
from tests.knowledge.detections.matching.building import example_of

pytestmark = pytest.mark.shared

FEWEST_DECIDABLE = 0.998
"""Three of four in a thousand need placeholders that only their user can fill in."""

FEWEST_FIRING = 0.95
"""The others exclude the very event that the first words of their selections make, or a field that is not there."""


@pytest.fixture(scope="module")
def rules(shared_dir: Path) -> list[tuple[dict[str, Any], Detection]]:
    return list(_rules(shared_dir / "detections" / "sigma-rules.tar.xz"))


def _rules(path: Path) -> Iterator[tuple[dict[str, Any], Detection]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with tarfile.open(path) as archive:
        for member in archive:
            if member.name.endswith(".yml") and (opened := archive.extractfile(member)) is not None:
                for document in yaml.load_all(opened, loader):
                    for found in FORMAT.read(Document(member.name, Shape.YAML, (document,))):
                        assert isinstance(found, Detection), found
                        yield document, found


def test_every_rule_is_made_ready(rules: list[tuple[dict[str, Any], Detection]]) -> None:
    nodes = [node for _, rule in rules if (node := read(rule.logic)) is not None]

    for node in nodes:
        assert check_of(node, field_names().name)
    assert len(nodes) >= FEWEST_DECIDABLE * len(rules)
    assert all("|expand" in str(document) for document, rule in rules if not rule.logic)


def test_rules_fire_on_the_events_they_describe(rules: list[tuple[dict[str, Any], Detection]]) -> None:
    examples = [(rule, event) for document, rule in rules if rule.enabled and (event := example_of(document))]

    fired = [rule for rule, event in examples if matcher_of([rule]).matches(event)]

    assert len(examples) > 0.8 * len(rules)
    assert len(fired) > FEWEST_FIRING * len(examples)


def test_an_everyday_event_fires_few_rules(rules: list[tuple[dict[str, Any], Detection]]) -> None:
    event = next(
        event
        for document, _ in rules
        if document["title"] == "Process Memory Dump Via Comsvcs.DLL" and (event := example_of(document))
    )

    fired = [match.detection.title for match in matcher_of([rule for _, rule in rules]).matches(event)]

    assert "Process Memory Dump Via Comsvcs.DLL" in fired
    assert len(fired) < 10
