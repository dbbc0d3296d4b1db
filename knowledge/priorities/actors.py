"""Which ATT&CK groups attack which sector, as the MISP galaxy's threat actors say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.catalog import Catalog
from knowledge.errors import KnowledgeError
from knowledge.model import Group, Kind
from knowledge.priorities.sectors import SECTORS, sector_named


class UnknownSectorError(KnowledgeError, LookupError):
    """A sector was named that nothing is known by.

    Args:
        written: What was asked for.
    """

    def __init__(self, written: str) -> None:
        super().__init__(f'No sector is called "{written}"; there are {", ".join(SECTORS)}.')
        self.written = written


@dataclass(frozen=True, slots=True)
class Actor:
    """A threat actor, as the MISP galaxy describes it.

    Attributes:
        aliases: Its synonyms there.
        sectors: What it targets, by the names of `knowledge.priorities.sectors.SECTORS`.
    """

    name: str
    aliases: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()


class SectorIndex:
    """Sector to ATT&CK groups.

    An actor is the group that bears its name, as name or alias; where none does, every group that bears one of its
    aliases. The galaxy's links between the two are not used: they tie APT26 to Turla and APT17 to three groups.

    Args:
        catalog: Whose groups.
        actors: The MISP galaxy's.
    """

    def __init__(self, catalog: Catalog, actors: Iterable[Actor]) -> None:
        groups = [group for group in catalog.objects(Kind.GROUP) if isinstance(group, Group)]
        by_name: dict[str, dict[str, Group]] = defaultdict(dict)
        for group in groups:
            for name in (group.name, *group.aliases):
                by_name[_fold(name)][group.id] = group
        sectors: dict[str, dict[str, Group]] = defaultdict(dict)
        of_group: dict[str, set[str]] = defaultdict(set)
        for actor in actors:
            if actor.sectors:
                own = by_name.get(_fold(actor.name)) or {}
                found = own or {
                    key: group for alias in actor.aliases for key, group in by_name.get(_fold(alias), {}).items()
                }
                for sector in actor.sectors:
                    sectors[sector].update(found)
                for attack_id in found:
                    of_group[attack_id].update(actor.sectors)
        self._sectors = {name: tuple(found[key] for key in sorted(found)) for name, found in sectors.items() if found}
        self._of_group = {attack_id: tuple(sorted(found)) for attack_id, found in of_group.items()}
        self.groups: int = len(groups)

    @property
    def known(self) -> int:
        """Of how many groups the sectors are known; of the others nothing is said."""
        return len(self._of_group)

    @property
    def sectors(self) -> tuple[tuple[str, int], ...]:
        """Every sector with its number of groups, the most attacked first."""
        return tuple(sorted(((name, len(found)) for name, found in self._sectors.items()), key=lambda each: -each[1]))

    def groups_targeting(self, written: str) -> tuple[Group, ...]:
        """Groups said to target a sector, by id.

        Args:
            written: The sector in anybody's words: ``banking``.

        Raises:
            UnknownSectorError: No sector is written like that.
        """
        sector = sector_named(written)
        if not sector:
            raise UnknownSectorError(written)
        return self._sectors.get(sector, ())

    def sectors_of(self, group: Group) -> tuple[str, ...]:
        """Sectors a group is said to target; empty where nothing is known."""
        return self._of_group.get(group.id, ())


def _fold(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())
