"""Detections x catalog: coverage, indexed once and never changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from knowledge.catalog import Catalog
from knowledge.coverage.collected import Collected, draft_collected
from knowledge.coverage.log_sources import NO_LOG_SOURCES, LogSources
from knowledge.coverage.model import Claim, Counted, SourceSummary, Summary, TechniqueCoverage, Visibility
from knowledge.coverage.summary import summarise
from knowledge.coverage.visibility import Sight
from knowledge.detections.model import Detection, DetectionKind, LogSourceClaim, RetiredId, UnknownId
from knowledge.model import Domain, Group, Tactic, Technique

_LEVELS = ("critical", "high", "medium", "low", "informational")


class Coverage:
    """What a team's detections claim, technique by technique.

    A detection counts for the techniques it names and for nothing else: not for their parents, not for their
    sub-techniques. An id that ATT&CK has revoked counts for its successor, and the claim says which id the rule names.

    Args:
        catalog: What ATT&CK says.
        detections: All that was imported, from every source.
        log_sources: The log sources there are; without them nothing is known to be visible.
        collected: What the team collects; ``None`` is a draft derived from its detections.
        validations: Technique id or detection id to when a test run proved it (RFC 3339, UTC).

    Attributes:
        unknown_ids: Ids that no loaded release knows, and how many detections name each.
        retired_ids: Retired ids that detections name, each with its successor.
        unplaced: How many detections name at least one unknown id.
    """

    def __init__(
        self,
        catalog: Catalog,
        detections: Iterable[Detection],
        *,
        log_sources: LogSources = NO_LOG_SOURCES,
        collected: Collected | None = None,
        validations: Mapping[str, str] | None = None,
    ) -> None:
        self.catalog = catalog
        self.detections: tuple[Detection, ...] = tuple(detections)
        self.log_sources = log_sources
        self.collected: Collected = (
            draft_collected(self.detections, log_sources).collected if collected is None else collected
        )
        self._validations = dict(validations or {})
        self._sight = Sight(log_sources, self.collected)
        ledger = _Ledger(catalog, self.detections, self._sight, self._validations)
        self.unknown_ids: tuple[UnknownId, ...] = ledger.unknown()
        self.retired_ids: tuple[RetiredId, ...] = ledger.retired()
        self.unplaced: int = ledger.unplaced
        self._by_id = self._index(ledger)
        self._summaries: dict[object, Summary] = {}

    # -- techniques ------------------------------------------------------------------------------

    def of(self, technique: Technique | str) -> TechniqueCoverage | None:
        """The coverage of a technique or of an id; a revoked id leads to its successor, an unknown one to nothing."""
        attack_id = technique if isinstance(technique, str) else technique.id
        known = self._by_id.get(attack_id)
        if known is None and (found := self.catalog.find(attack_id)):
            known = self._by_id.get(found.object.id)
        return known

    def techniques(
        self,
        *,
        domain: Domain | None = None,
        tactic: Tactic | None = None,
        platform: str = "",
        group: Group | None = None,
    ) -> tuple[TechniqueCoverage, ...]:
        """Techniques and sub-techniques by id, those that have all of what is asked for.

        Args:
            domain: Only of this domain.
            tactic: Only of this tactic.
            platform: Only on this platform, in any case: ``windows``.
            group: Only those the group, or a campaign attributed to it, is said to use.
        """
        found = self._of_group(group) if group else self._by_id.values()
        wanted = platform.casefold()
        return tuple(
            each
            for each in found
            if (domain is None or domain in each.technique.domains)
            and (tactic is None or _serves(each.technique, tactic))
            and (not wanted or any(wanted == name.casefold() for name in each.technique.platforms))
        )

    def _of_group(self, group: Group) -> Iterable[TechniqueCoverage]:
        used = (self._by_id.get(each.object.id) for each in self.catalog.techniques_used_by(group))
        return (each for each in used if each)

    def visibility(self, log_sources: Iterable[LogSourceClaim]) -> Visibility:
        """Whether a rule that needs one of these log sources would see anything here."""
        return self._sight.of_rule(log_sources)

    # -- summaries -------------------------------------------------------------------------------

    def summary(
        self,
        label: str,
        *,
        domain: Domain | None = None,
        tactic: Tactic | None = None,
        platform: str = "",
        group: Group | None = None,
    ) -> Summary:
        """One line for the techniques that `techniques` returns for the same question; counted when first asked."""
        asked = (label, domain, tactic and tactic.stix_id, platform, group and group.stix_id)
        if asked not in self._summaries:
            found = self.techniques(domain=domain, tactic=tactic, platform=platform, group=group)
            self._summaries[asked] = summarise(label, found)
        return self._summaries[asked]

    def by_domain(self) -> tuple[Summary, ...]:
        """One line a loaded domain, under its release's label."""
        return tuple(self.summary(each.label, domain=each.domain) for each in self.catalog.releases)

    def by_tactic(self, domain: Domain) -> tuple[Summary, ...]:
        """One line a tactic, in the order of the matrix. A technique of two tactics counts in both."""
        return tuple(self.summary(tactic.name, domain=domain, tactic=tactic) for tactic in self.catalog.tactics(domain))

    @cached_property
    def by_source(self) -> tuple[SourceSummary, ...]:
        """One line a source of detections, by name."""
        everything = Counter(detection.source for detection in self.detections)
        counting: dict[str, set[int]] = defaultdict(set)
        claimed: dict[str, set[str]] = defaultdict(set)
        shared: Counter[str] = Counter()
        for each in self._by_id.values():
            for claim in each.claims:
                counting[claim.detection.source].add(id(claim.detection))
            for source, _ in each.sources:
                claimed[source].add(each.technique.id)
            shared[each.technique.id] = len(each.sources)
        return tuple(
            SourceSummary(
                source=source,
                detections=number,
                counting=len(counting[source]),
                techniques=len(claimed[source]),
                only_here=sum(shared[attack_id] == 1 for attack_id in claimed[source]),
            )
            for source, number in sorted(everything.items())
        )

    # -- indexing --------------------------------------------------------------------------------

    def _index(self, ledger: _Ledger) -> dict[str, TechniqueCoverage]:
        every = self.catalog.techniques()
        return {technique.id: self._technique(technique, ledger) for technique in every}

    def _technique(self, technique: Technique, ledger: _Ledger) -> TechniqueCoverage:
        claims = ledger.claims.get(technique.id, [])
        claims.sort(key=_claim_order)
        subtechniques = () if technique.is_subtechnique else self.catalog.subtechniques_of(technique)
        seen = Counter(claim.visibility for claim in claims)
        dates = [claim.validated for claim in claims] + [self._validations.get(technique.id, "")]
        scores = sum(claim.detection.kind is DetectionKind.SCORE for claim in claims)
        return TechniqueCoverage(
            technique=technique,
            claims=tuple(claims),
            rules=len(claims) - scores,
            scores=scores,
            switched_off=ledger.switched_off[technique.id],
            sources=_counted(claim.detection.source for claim in claims),
            levels=_counted(claim.detection.level for claim in claims),
            statuses=_counted(claim.detection.status for claim in claims),
            visible=seen[Visibility.VISIBLE],
            assumed=seen[Visibility.ASSUMED],
            blind=seen[Visibility.BLIND],
            validated=max(dates),
            retired_ids=tuple(sorted({claim.named for claim in claims if claim.named})),
            subtechniques=tuple(each.id for each in subtechniques),
            covered_subtechniques=tuple(each.id for each in subtechniques if ledger.claims.get(each.id)),
            readiness=ledger.sight.of_technique(self.catalog, technique),
        )


class _Ledger:
    """Every detection entered under the techniques it counts for."""

    def __init__(
        self, catalog: Catalog, detections: Iterable[Detection], sight: Sight, validations: Mapping[str, str]
    ) -> None:
        self.sight = sight
        self.claims: dict[str, list[Claim]] = defaultdict(list)
        self.switched_off: Counter[str] = Counter()
        self.unplaced = 0
        self._catalog = catalog
        self._validations = validations
        self._targets: dict[str, tuple[str, bool]] = {}
        self._unknown: dict[str, list[Detection]] = defaultdict(list)
        self._retired: dict[str, list[Detection]] = defaultdict(list)
        for detection in detections:
            self._enter(detection)

    def _enter(self, detection: Detection) -> None:
        """One rule that names a technique twice, by its old and its new id, is one claim."""
        entered: dict[str, str] = {}
        for written in detection.ids:
            target, retired = self._target(written)
            if retired:
                self._retired[written].append(detection)
            if not target and not retired:
                self._unknown[written].append(detection)
            if target:
                entered[target] = "" if not retired or entered.get(target) == "" else written
        self.unplaced += any(written in self._unknown for written in detection.ids)
        if detection.covers:
            visibility = self.sight.of_rule(detection.log_sources) if entered else Visibility.UNKNOWN
            validated = self._validations.get(detection.id, "")
            for target, named in entered.items():
                self.claims[target].append(Claim(detection, visibility, named, validated))
        elif detection.kind is DetectionKind.RULE:
            self.switched_off.update(tuple(entered))

    def _target(self, written: str) -> tuple[str, bool]:
        """The current technique an id counts for, empty where there is none, and whether the id itself is retired."""
        known = self._targets.get(written)
        if known is None:
            found = self._catalog.find(written)
            if found is None or not isinstance(found.object, Technique):
                known = "", False
            else:
                known = "" if found.object.retired else found.object.id, bool(found.via) or found.object.retired
            self._targets[written] = known
        return known

    def unknown(self) -> tuple[UnknownId, ...]:
        """Ids that no loaded release knows as a technique."""
        return tuple(
            UnknownId(written, len(naming), naming[0].path) for written, naming in sorted(self._unknown.items())
        )

    def retired(self) -> tuple[RetiredId, ...]:
        """Retired ids, each with what it counts for now."""
        return tuple(
            RetiredId(written, self._targets[written][0], len(naming), naming[0].path)
            for written, naming in sorted(self._retired.items())
        )


def _serves(technique: Technique, tactic: Tactic) -> bool:
    return tactic.shortname in technique.tactics and not set(tactic.domains).isdisjoint(technique.domains)


def _claim_order(claim: Claim) -> tuple[str, int, str, str]:
    level = claim.detection.level
    severity = _LEVELS.index(level) if level in _LEVELS else len(_LEVELS)
    return claim.detection.source, severity, claim.detection.title, claim.detection.path


def _counted(words: Iterable[str]) -> Counted:
    return tuple(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))
