"""What speaks for a technique, whatever the team has: who uses it, and which public rules name it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.catalog import Catalog
from knowledge.model import Group, Kind
from knowledge.priorities.actors import Actor, SectorIndex
from knowledge.priorities.public_rules import PublicRule, PublicRules


@dataclass(frozen=True, slots=True)
class Use:
    """Who is said to use a technique.

    Attributes:
        groups: Ids of groups, those tied to it by a campaign among them.
        software: How many malware families and tools.
    """

    groups: frozenset[str] = frozenset()
    software: int = 0


NOBODY = Use()


class Evidence:
    """Indexed once a catalog, and shared by every team.

    Args:
        catalog: What ATT&CK says.
        actors: For the sectors; none means that no sector is known.
        rules: Public rules.
    """

    def __init__(self, catalog: Catalog, actors: Iterable[Actor] = (), rules: Iterable[PublicRule] = ()) -> None:
        self.catalog = catalog
        self.sectors = SectorIndex(catalog, actors)
        self.rules = PublicRules(catalog, rules)
        self._uses = {
            technique.id: Use(
                frozenset(each.object.id for each in catalog.groups_using(technique)),
                len(catalog.software_using(technique)),
            )
            for technique in catalog.techniques()
        }
        self.most_groups: int = max((len(use.groups) for use in self._uses.values()), default=0)
        self.most_software: int = max((use.software for use in self._uses.values()), default=0)
        self._groups = {group.id: group for group in catalog.objects(Kind.GROUP) if isinstance(group, Group)}

    @property
    def groups(self) -> int:
        """How many current groups there are."""
        return len(self._groups)

    def use_of(self, attack_id: str) -> Use:
        """Who uses a technique, itself alone."""
        return self._uses.get(attack_id, NOBODY)

    def name_of(self, group_id: str) -> str:
        """A group's name."""
        return self._groups[group_id].name
