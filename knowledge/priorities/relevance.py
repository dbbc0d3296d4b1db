"""Which groups matter to whoever asks, and how much of them uses a technique."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.model import Group
from knowledge.priorities.actors import SectorIndex
from knowledge.priorities.evidence import Use


class Relevance:
    """The groups that count more than others.

    Args:
        groups: Those somebody named; one that is named twice counts once.
        sectors: Sectors somebody named, in anybody's words; whoever targets them counts too.
        index: Knows who targets what.

    Attributes:
        ids: Of all of them.

    Raises:
        UnknownSectorError: A sector that nobody knows.
    """

    def __init__(self, groups: Iterable[Group], sectors: Iterable[str], index: SectorIndex) -> None:
        self._named = {group.id: group for group in groups}
        self._attackers = {group.id: group for sector in sectors for group in index.groups_targeting(sector)}
        self._parts = tuple(frozenset(part) for part in (self._named, self._attackers) if part)
        self.ids: frozenset[str] = frozenset().union(*self._parts)

    @property
    def groups(self) -> tuple[Group, ...]:
        """Each once: those that were named, then the others, by id."""
        every = {**self._named, **self._attackers}
        return tuple(every[key] for key in sorted(every, key=lambda key: (not self.named(key), key)))

    def named(self, group_id: str) -> bool:
        """Whether somebody named it, rather than a sector that it targets."""
        return group_id in self._named

    def share(self, use: Use) -> float:
        """How much of them uses a technique, from 0 to 1.

        Where groups and sectors are named it is the mean of both shares: one group that somebody watches is not to
        drown among the sixty that attack governments.
        """
        shares = [len(use.groups & part) / len(part) for part in self._parts]
        return sum(shares) / len(shares) if shares else 0.0
