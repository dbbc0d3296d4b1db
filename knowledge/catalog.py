"""One set of releases, indexed once and never changed: the answers to "what does ATT&CK say".

Everything is a dictionary look-up over the frozen nouns, so a catalog can be shared between threads
and swapped for a newer one by a single assignment. Groups, software and mitigations stand in several
domains; the copy changed last is kept, with the relationships of all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar, cast

from knowledge.model import (
    Analytic,
    Asset,
    AttackObject,
    Campaign,
    Citation,
    DataComponent,
    DetectionStrategy,
    Domain,
    Group,
    Kind,
    Mitigation,
    Relationship,
    Release,
    ReleaseContents,
    Software,
    Tactic,
    Technique,
)

NounT_co = TypeVar("NounT_co", bound=AttackObject, covariant=True)


@dataclass(frozen=True, slots=True)
class Related(Generic[NounT_co]):
    """Another object and what ATT&CK says about the two.

    Attributes:
        description: The procedure example, or how a mitigation mitigates; may be empty.
        via: The campaign that ties a group to it, where the group itself is not said to.
    """

    object: NounT_co
    description: str = ""
    via: Campaign | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What an id leads to.

    Attributes:
        object: The object to use now; itself retired only where ATT&CK names no successor.
        via: The revoked objects that led to it, oldest first; empty when the id is current.
    """

    object: AttackObject
    via: tuple[AttackObject, ...] = ()


class Catalog:
    """What a set of releases, at most one a domain, says.

    Args:
        contents: The releases. None at all is a catalog that knows nothing.
    """

    def __init__(self, contents: Iterable[ReleaseContents]) -> None:
        order = list(Domain)
        parts = sorted(contents, key=lambda part: order.index(part.release.domain))
        self.releases: tuple[Release, ...] = tuple(part.release for part in parts)
        self._by_stix: dict[str, AttackObject] = {}
        self._citations: dict[str, Citation] = {}
        relationships: dict[str, Relationship] = {}
        for part in parts:
            for item in part.objects():
                earlier = self._by_stix.get(item.stix_id)
                self._by_stix[item.stix_id] = _merged(earlier, item) if earlier else item
            for link in part.relationships:
                earlier_link = relationships.get(link.stix_id)
                if earlier_link is None or earlier_link.modified < link.modified:
                    relationships[link.stix_id] = link
            for citation in part.citations:
                self._citations.setdefault(citation.name, citation)
        self._out: dict[tuple[str, str], list[Relationship]] = defaultdict(list)
        self._in: dict[tuple[str, str], list[Relationship]] = defaultdict(list)
        for link in relationships.values():
            self._out[link.type, link.source].append(link)
            self._in[link.type, link.target].append(link)
        self._by_id = self._index_ids()
        self._by_kind: dict[Kind, tuple[AttackObject, ...]] = self._index_kinds()
        self._tactics = self._index_tactics(parts)
        self._strategies_by_component = self._index_components()

    # -- objects ---------------------------------------------------------------------------------

    def get(self, attack_id: str) -> AttackObject | None:
        """The object with exactly this ATT&CK id, retired or not; a current one where ids were reused."""
        return self._by_id.get(attack_id)

    def by_stix_id(self, stix_id: str) -> AttackObject | None:
        """The object with this STIX id, retired or not."""
        return self._by_stix.get(stix_id)

    def find(self, attack_id: str) -> Found | None:
        """Follow an id to the object to use today, through every `revoked-by`.

        A chain that bites its own tail ends where it started, still revoked.
        """
        item = self.get(attack_id)
        if item is None:
            return None
        via: list[AttackObject] = []
        while item.revoked and (links := self._out.get(("revoked-by", item.stix_id))):
            via.append(item)
            item = self._by_stix[links[0].target]
            if item in via:
                return Found(via[0])
        return Found(item, tuple(via))

    def objects(
        self, kind: Kind | None = None, *, domain: Domain | None = None, retired: bool = False
    ) -> tuple[AttackObject, ...]:
        """Objects by ATT&CK id, current ones unless `retired` asks for all.

        Args:
            kind: Only this kind.
            domain: Only those that belong to this domain, alone or among others.
            retired: Retired ones too.
        """
        kinds = [kind] if kind else list(Kind)
        found = (item for each in kinds for item in self._by_kind.get(each, ()))
        return tuple(
            item for item in found if (retired or not item.retired) and (domain is None or domain in item.domains)
        )

    def techniques(self, domain: Domain | None = None, *, retired: bool = False) -> tuple[Technique, ...]:
        """Techniques and sub-techniques by id."""
        return cast(tuple[Technique, ...], self.objects(Kind.TECHNIQUE, domain=domain, retired=retired))

    def citation(self, name: str) -> Citation | None:
        """The reference that a description names as ``(Citation: name)``."""
        return self._citations.get(name)

    def release_of(self, item: AttackObject) -> Release | None:
        """The release an object is read from: that of its first loaded domain."""
        return next((r for r in self.releases if r.domain in item.domains), None)

    # -- tactics ---------------------------------------------------------------------------------

    def tactics(self, domain: Domain | None = None) -> tuple[Tactic, ...]:
        """Tactics in the order of the matrix, domain after domain."""
        return tuple(
            tactic for each in Domain if domain in (None, each) for tactic in self._tactics.get(each, {}).values()
        )

    def tactics_of(self, technique: Technique) -> tuple[Tactic, ...]:
        """A technique's tactics in the order of the matrix."""
        return tuple(
            tactic
            for domain in technique.domains
            for shortname, tactic in self._tactics.get(domain, {}).items()
            if shortname in technique.tactics
        )

    def techniques_of_tactic(self, tactic: Tactic, *, subtechniques: bool = False) -> tuple[Technique, ...]:
        """Current techniques of a tactic by name, without their sub-techniques unless asked for."""
        found = (
            technique
            for domain in tactic.domains
            for technique in self.techniques(domain)
            if tactic.shortname in technique.tactics and (subtechniques or not technique.is_subtechnique)
        )
        return tuple(sorted(found, key=lambda technique: technique.name))

    # -- relations of a technique ----------------------------------------------------------------

    def subtechniques_of(self, technique: Technique) -> tuple[Technique, ...]:
        """Current sub-techniques by id."""
        return self._only(Technique, self._sources("subtechnique-of", technique))

    def parent_of(self, technique: Technique) -> Technique | None:
        """The technique a sub-technique belongs to."""
        return next(iter(self._only(Technique, self._targets("subtechnique-of", technique))), None)

    def groups_using(self, technique: Technique) -> tuple[Related[Group], ...]:
        """Groups said to use it, then those tied to it only by a campaign attributed to them."""
        direct = self._related(Group, self._sources("uses", technique))
        known = {each.object.stix_id for each in direct}
        through = [
            Related(group, used.description, via=used.object)
            for used in self.campaigns_using(technique)
            for group in self.groups_behind(used.object)
            if group.stix_id not in known
        ]
        return direct + tuple({each.object.stix_id: each for each in reversed(through)}.values())[::-1]

    def software_using(self, technique: Technique) -> tuple[Related[Software], ...]:
        """Malware and tools that use it."""
        return self._related(Software, self._sources("uses", technique))

    def campaigns_using(self, technique: Technique) -> tuple[Related[Campaign], ...]:
        """Campaigns in which it was used."""
        return self._related(Campaign, self._sources("uses", technique))

    def procedures_of(self, technique: Technique) -> tuple[Related[AttackObject], ...]:
        """Procedure examples: groups', then campaigns', then software's."""
        every = self._sources("uses", technique)
        users: tuple[Related[AttackObject], ...] = (
            *self._related(Group, every),
            *self._related(Campaign, every),
            *self._related(Software, every),
        )
        return tuple(each for each in users if each.description)

    def mitigations_of(self, technique: Technique) -> tuple[Related[Mitigation], ...]:
        """Mitigations, each with how it stops this technique."""
        return self._related(Mitigation, self._sources("mitigates", technique))

    def strategies_of(self, technique: Technique) -> tuple[DetectionStrategy, ...]:
        """Detection strategies, from v18; empty before."""
        return self._only(DetectionStrategy, self._sources("detects", technique))

    def components_of(self, technique: Technique) -> tuple[Related[DataComponent], ...]:
        """Data components that show it: said directly to v17, through its analytics' log sources from v18."""
        direct = self._related(DataComponent, self._sources("detects", technique))
        if direct:
            return direct
        named = {
            source.component
            for strategy in self.strategies_of(technique)
            for analytic in self.analytics_of(strategy)
            for source in analytic.log_sources
        }
        found = (self._by_stix.get(stix_id) for stix_id in named)
        components = [each for each in found if isinstance(each, DataComponent) and not each.retired]
        return tuple(Related(each) for each in sorted(components, key=lambda each: each.name))

    def assets_of(self, technique: Technique) -> tuple[Asset, ...]:
        """Industrial assets the technique is aimed at."""
        return self._only(Asset, self._targets("targets", technique))

    # -- relations of the others -----------------------------------------------------------------

    def techniques_used_by(self, user: AttackObject) -> tuple[Related[Technique], ...]:
        """Techniques of a group, a campaign or software; a group's include those of its campaigns."""
        direct = self._related(Technique, self._targets("uses", user))
        if not isinstance(user, Group):
            return direct
        known = {each.object.stix_id for each in direct}
        through = {
            used.object.stix_id: Related(used.object, used.description, via=campaign)
            for campaign in reversed(self.campaigns_of(user))
            for used in self.techniques_used_by(campaign)
            if used.object.stix_id not in known
        }
        return tuple(sorted((*direct, *through.values()), key=lambda each: each.object.id))

    def software_used_by(self, user: AttackObject) -> tuple[Related[Software], ...]:
        """Malware and tools of a group or a campaign."""
        return self._related(Software, self._targets("uses", user))

    def users_of(self, software: Software) -> tuple[Related[AttackObject], ...]:
        """Groups, then campaigns, that use the software."""
        every = self._sources("uses", software)
        return (*self._related(Group, every), *self._related(Campaign, every))

    def campaigns_of(self, group: Group) -> tuple[Campaign, ...]:
        """Campaigns attributed to a group."""
        return self._only(Campaign, self._sources("attributed-to", group))

    def groups_behind(self, campaign: Campaign) -> tuple[Group, ...]:
        """Groups a campaign is attributed to."""
        return self._only(Group, self._targets("attributed-to", campaign))

    def techniques_mitigated_by(self, mitigation: Mitigation) -> tuple[Related[Technique], ...]:
        """Techniques a mitigation addresses, each with how."""
        return self._related(Technique, self._targets("mitigates", mitigation))

    def techniques_targeting(self, asset: Asset) -> tuple[Technique, ...]:
        """Techniques aimed at an industrial asset."""
        return self._only(Technique, self._sources("targets", asset))

    def techniques_detected_by(self, strategy: DetectionStrategy) -> tuple[Technique, ...]:
        """Techniques a detection strategy detects."""
        return self._only(Technique, self._targets("detects", strategy))

    def techniques_shown_by(self, component: DataComponent) -> tuple[Technique, ...]:
        """Techniques whose detection rests on a data component, by id."""
        direct = self._only(Technique, self._targets("detects", component))
        through = (
            technique
            for strategy in self._strategies_by_component.get(component.stix_id, ())
            for technique in self.techniques_detected_by(strategy)
        )
        return tuple(sorted({each.stix_id: each for each in (*direct, *through)}.values(), key=lambda each: each.id))

    def analytics_of(self, strategy: DetectionStrategy) -> tuple[Analytic, ...]:
        """A strategy's analytics, in its own order."""
        found = (self._by_stix.get(stix_id) for stix_id in strategy.analytics)
        return tuple(each for each in found if isinstance(each, Analytic) and not each.retired)

    def strategy_of(self, analytic: Analytic) -> DetectionStrategy | None:
        """The detection strategy that holds an analytic."""
        strategies = cast(tuple[DetectionStrategy, ...], self._by_kind.get(Kind.DETECTION_STRATEGY, ()))
        return next((each for each in strategies if analytic.stix_id in each.analytics), None)

    # -- indexing --------------------------------------------------------------------------------

    def _index_ids(self) -> dict[str, AttackObject]:
        """Old mitigations bear technique ids: a current object wins, then a technique, then the newer one."""
        best: dict[str, AttackObject] = {}

        def rank(item: AttackObject) -> tuple[bool, bool, str]:
            return (not item.retired, item.kind is Kind.TECHNIQUE, item.modified)

        for item in self._by_stix.values():
            if item.id not in best or rank(item) > rank(best[item.id]):
                best[item.id] = item
        for item in list(best.values()):
            if isinstance(item, Technique):
                for former in item.former_ids:
                    best.setdefault(former, item)
        return best

    def _index_kinds(self) -> dict[Kind, tuple[AttackObject, ...]]:
        by_kind: dict[Kind, list[AttackObject]] = defaultdict(list)
        for item in self._by_stix.values():
            by_kind[item.kind].append(item)
        return {kind: tuple(sorted(items, key=lambda item: item.id)) for kind, items in by_kind.items()}

    def _index_tactics(self, parts: Sequence[ReleaseContents]) -> dict[Domain, dict[str, Tactic]]:
        """Shortname to tactic, in matrix order; a second matrix of a domain follows the first."""
        ordered: dict[Domain, dict[str, Tactic]] = {}
        for part in parts:
            named = ordered.setdefault(part.release.domain, {})
            for matrix in part.matrices:
                for stix_id in matrix.tactics:
                    tactic = self._by_stix.get(stix_id)
                    if isinstance(tactic, Tactic) and not tactic.retired:
                        named.setdefault(tactic.shortname, tactic)
        return ordered

    def _index_components(self) -> dict[str, list[DetectionStrategy]]:
        by_component: dict[str, list[DetectionStrategy]] = defaultdict(list)
        for strategy in cast(tuple[DetectionStrategy, ...], self._by_kind.get(Kind.DETECTION_STRATEGY, ())):
            if not strategy.retired:
                named = {s.component for analytic in self.analytics_of(strategy) for s in analytic.log_sources}
                for stix_id in named:
                    by_component[stix_id].append(strategy)
        return dict(by_component)

    # -- following relationships -----------------------------------------------------------------

    def _sources(self, kind: str, item: AttackObject) -> list[tuple[AttackObject, Relationship]]:
        return [(self._by_stix[link.source], link) for link in self._in.get((kind, item.stix_id), ())]

    def _targets(self, kind: str, item: AttackObject) -> list[tuple[AttackObject, Relationship]]:
        return [(self._by_stix[link.target], link) for link in self._out.get((kind, item.stix_id), ())]

    @staticmethod
    def _related(noun: type[NounT_co], pairs: list[tuple[AttackObject, Relationship]]) -> tuple[Related[NounT_co], ...]:
        """Current objects of one kind by id, each once, with the first description found."""
        best: dict[str, Related[NounT_co]] = {}
        for item, link in pairs:
            if isinstance(item, noun) and not item.retired:
                known = best.get(item.stix_id)
                if known is None or not known.description:
                    best[item.stix_id] = Related(item, link.description)
        return tuple(sorted(best.values(), key=lambda each: each.object.id))

    @classmethod
    def _only(cls, noun: type[NounT_co], pairs: list[tuple[AttackObject, Relationship]]) -> tuple[NounT_co, ...]:
        return tuple(each.object for each in cls._related(noun, pairs))


def _merged(one: AttackObject, other: AttackObject) -> AttackObject:
    """Of two domains' copies the one changed last, in both domains: each bundle may name only its own."""
    kept = other if one.modified < other.modified else one
    domains = tuple(each for each in Domain if each in one.domains or each in other.domains)
    return kept if kept.domains == domains else replace(kept, domains=domains)
