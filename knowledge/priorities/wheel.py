"""Threat actors and public rules, read from the MISP galaxy clusters that the pymispgalaxies wheel carries."""

from __future__ import annotations

import re
from pathlib import Path

from knowledge.detections.model import LogSourceClaim
from knowledge.priorities.actors import Actor
from knowledge.priorities.public_rules import PublicRule
from knowledge.priorities.sectors import sector_named
from knowledge.sources.snapshot.clusters import Entry, clusters_folder, read_clusters

_TECHNIQUE_TAG = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)", re.IGNORECASE)
_LISTS = ("cfr-target-category", "targeted-sector")
_NO_CATEGORY = "No established category"
_NO_PRODUCT = "No established product"


def threat_actors(folder: Path | None = None) -> tuple[Actor, ...]:
    """Every threat actor, with the sectors it is said to target.

    Args:
        folder: Where the cluster files lie; by default in the installed wheel.

    Raises:
        SourceError: The wheel is not installed, or its file is damaged.
    """
    cluster = read_clusters(folder or clusters_folder(), ["threat-actor"])["threat-actor"]
    return tuple(Actor(entry.value, entry.texts("synonyms"), _sectors(entry)) for entry in cluster.values)


def public_rules(folder: Path | None = None) -> tuple[PublicRule, ...]:
    """Every Sigma rule of the wheel that names a technique.

    Args:
        folder: Where the cluster files lie; by default in the installed wheel.

    Raises:
        SourceError: The wheel is not installed, or its file is damaged.
    """
    cluster = read_clusters(folder or clusters_folder(), ["sigma-rules"])["sigma-rules"]
    rules = (_rule(entry) for entry in cluster.values)
    return tuple(rule for rule in rules if rule.ids)


def _sectors(entry: Entry) -> tuple[str, ...]:
    written = [each for field in _LISTS for each in entry.texts(field)]
    written += [each for text in entry.texts("victimology") for each in text.split(",")]
    return tuple(dict.fromkeys(sector for each in written if (sector := sector_named(each))))


def _rule(entry: Entry) -> PublicRule:
    """The galaxy puts the rule's own address last among its references."""
    matches = (_TECHNIQUE_TAG.fullmatch(tag) for tag in entry.texts("tags"))
    product, category = entry.text("logsource.product"), entry.text("logsource.category")
    own = (url for url in entry.texts("refs") if url.endswith(entry.text("filename")))
    return PublicRule(
        id=entry.uuid,
        title=entry.value,
        url=next(own, ""),
        level=entry.text("level"),
        ids=tuple(dict.fromkeys(match[1].upper() for match in matches if match)),
        log_source=LogSourceClaim(
            product="" if product == _NO_PRODUCT else product,
            category="" if category == _NO_CATEGORY else category,
        ),
    )
