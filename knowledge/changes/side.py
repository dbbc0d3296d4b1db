"""One of the two releases, indexed for comparing."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from knowledge.model import Analytic, AttackObject, Group, Kind, ReleaseContents, Tactic, Technique


class Side:
    """A release as a comparison asks it; only current relationships and objects, unless it says otherwise.

    Args:
        contents: The release.
    """

    def __init__(self, contents: ReleaseContents) -> None:
        self.contents = contents
        self.objects: dict[str, AttackObject] = {item.stix_id: item for item in contents.objects()}
        self.current: dict[Kind, list[AttackObject]] = defaultdict(list)
        for item in self.objects.values():
            if not item.retired:
                self.current[item.kind].append(item)
        self.parents: dict[str, str] = {}
        self.subtechniques: dict[str, list[Technique]] = defaultdict(list)
        self.mitigations: dict[str, set[str]] = defaultdict(set)
        self.detectors: dict[str, set[str]] = defaultdict(set)
        self._revoked_by: dict[str, str] = {}
        self._uses: list[tuple[str, str]] = []
        self._behind: dict[str, set[str]] = defaultdict(set)
        self._read_relationships()

    def _read_relationships(self) -> None:
        for link in self.contents.relationships:
            source = self.objects.get(link.source)
            if source is None or link.target not in self.objects:
                continue
            if link.type == "revoked-by":
                self._revoked_by.setdefault(link.source, link.target)
            elif source.retired:
                continue
            elif link.type == "uses":
                self._uses.append((link.source, link.target))
            elif link.type == "mitigates":
                self.mitigations[link.target].add(link.source)
            elif link.type == "detects":
                self.detectors[link.target].add(link.source)
            elif link.type == "attributed-to":
                self._behind[link.source].add(link.target)
            elif link.type == "subtechnique-of" and isinstance(source, Technique):
                self.parents[link.source] = link.target
                self.subtechniques[link.target].append(source)

    def has(self, kind: Kind) -> bool:
        """Whether it has any current object of a kind."""
        return bool(self.current[kind])

    @cached_property
    def tactics(self) -> dict[str, Tactic]:
        """Current tactics by the shortname techniques use; every tactic where a shortname has no current one."""
        named: dict[str, Tactic] = {}
        for tactic in sorted(self.contents.tactics, key=lambda each: each.retired):
            named.setdefault(tactic.shortname, tactic)
        return named

    @cached_property
    def users(self) -> dict[str, set[str]]:
        """STIX ids of the groups that use something, themselves or in a campaign attributed to them."""
        found: dict[str, set[str]] = defaultdict(set)
        for source, target in self._uses:
            groups = {source} if isinstance(self.objects[source], Group) else self._behind.get(source, ())
            found[target].update(g for g in groups if isinstance(self.objects.get(g), Group))
        return found

    def tactics_of(self, technique: Technique) -> dict[str, Tactic]:
        """Its tactics by STIX id; a phase that no tactic bears is left out."""
        named = (self.tactics.get(shortname) for shortname in technique.tactics)
        return {tactic.stix_id: tactic for tactic in named if tactic is not None}

    def analytics_for(self, technique: Technique) -> dict[str, Analytic]:
        """The current analytics of its detection strategies, by STIX id."""
        named = (
            stix_id
            for source in self.detectors.get(technique.stix_id, ())
            for stix_id in getattr(self.objects[source], "analytics", ())
        )
        found = ((stix_id, self.objects.get(stix_id)) for stix_id in named)
        return {key: item for key, item in found if isinstance(item, Analytic) and not item.retired}

    def revoked_by(self, stix_id: str) -> AttackObject | None:
        """The object the release names in its place."""
        return self.objects.get(self._revoked_by.get(stix_id, ""))

    def chain(self, stix_id: str) -> tuple[AttackObject, ...]:
        """Every object that followed it, one after the other; empty where the chain bites its own tail."""
        seen = {stix_id}
        chain: list[AttackObject] = []
        while (following := self.revoked_by(stix_id)) is not None:
            if following.stix_id in seen:
                return ()
            seen.add(following.stix_id)
            chain.append(following)
            if not following.revoked:
                break
            stix_id = following.stix_id
        return tuple(chain)
