"""Public rules by the technique they name: the SigmaHQ rules, as the MISP galaxy carries them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.catalog import Catalog
from knowledge.detections.model import LogSourceClaim
from knowledge.model import Technique

_LEVELS = ("high", "critical", "medium", "low", "informational")
"""Which rule to name first. ``high`` before ``critical``: the critical ones look for one product's exploit or one
malware's file, the high ones for the behaviour."""


@dataclass(frozen=True, slots=True)
class PublicRule:
    """A rule anybody may use.

    Attributes:
        id: The rule's own id, the same as in its repository.
        ids: Technique ids as its author tagged it.
    """

    id: str
    title: str
    url: str
    level: str = ""
    ids: tuple[str, ...] = ()
    log_source: LogSourceClaim = LogSourceClaim()


class PublicRules:
    """Technique to public rules, the one to name first in front.

    Args:
        catalog: Leads the rules' ids to today's techniques.
        rules: In any order.
    """

    def __init__(self, catalog: Catalog, rules: Iterable[PublicRule] = ()) -> None:
        by_id: dict[str, list[PublicRule]] = defaultdict(list)
        targets: dict[str, str] = {}
        for rule in rules:
            for written in rule.ids:
                if written not in targets:
                    found = catalog.find(written)
                    current = found is not None and isinstance(found.object, Technique) and not found.object.retired
                    targets[written] = found.object.id if found and current else ""
            for target in {targets[written] for written in rule.ids} - {""}:
                by_id[target].append(rule)
        self._by_id = {target: _ordered(catalog, target, found) for target, found in by_id.items()}

    def naming(self, attack_id: str) -> tuple[PublicRule, ...]:
        """Rules that name a technique, itself alone."""
        return self._by_id.get(attack_id, ())


def _ordered(catalog: Catalog, target: str, rules: list[PublicRule]) -> tuple[PublicRule, ...]:
    """A rule whose title has half the words of the technique's name first, then by level, then by how few it names."""
    technique = catalog.get(target)
    subject = _words(technique.name) if technique else set()

    def order(rule: PublicRule) -> tuple[int, int, int, str]:
        level = _LEVELS.index(rule.level) if rule.level in _LEVELS else len(_LEVELS)
        shared = len(subject & _words(rule.title))
        return -shared if 2 * shared >= len(subject) else 0, level, len(rule.ids), rule.title

    return tuple(sorted(rules, key=order))


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) > 3}
