"""The gaps, ranked by evidence.

A technique is a gap when no rule of the team names it, and half a gap when what names it would break easily. Its
score, from 0 to 100, is ``need x (evidence + readiness)``:

==========================  ======  ================================================================================
evidence: groups                35  log(1 + groups using it) / log(1 + groups using the most used technique). How often
                                    it is seen is the best public guess at how likely it is to be seen here; the
                                    logarithm, because ATT&CK counts reports, and the hundredth says less than a third.
evidence: software              10  The same for software. Less, since commodity malware shares its techniques and its
                                    reports repeat each other.
evidence: relevant groups       35  The share of the relevant groups that use it: as much as all fame together, so that
                                    what your adversaries do outranks what is merely common. 0 when none are named;
                                    where groups are and sectors too, the mean of both shares.
readiness: collected            12  The share of the data components ATT&CK names for it that the team collects; what
                                    is only assumed counts half. A gap that costs a rule goes before one that costs a
                                    log source, but never against the evidence.
readiness: public rule           8  A public rule names it that the team does not have.
==========================  ======  ================================================================================

``need`` is 1 where nothing names it; from 1 down to 0.5 by the share of its sub-techniques that rules name; 0.5 where
its coverage is brittle. It is quartered for techniques whose only platform is PRE: they happen before the intrusion,
out of reach of what a team logs, and the most reported of them would otherwise fill the list with advice nobody can
take.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from math import log1p

from knowledge.coverage import Coverage, LogSourceEntry, State, TechniqueCoverage, Visibility
from knowledge.errors import KnowledgeError
from knowledge.model import Domain, Group, Tactic
from knowledge.priorities.evidence import Evidence, Use
from knowledge.priorities.public_rules import PublicRule
from knowledge.priorities.reasons import reason
from knowledge.priorities.relevance import Relevance

GROUPS, SOFTWARE, RELEVANT, COLLECTED, PUBLIC_RULE = 35.0, 10.0, 35.0, 12.0, 8.0
BRITTLE_NEED, COVERED_SUBTECHNIQUES, PRE_NEED = 0.5, 0.5, 0.25


class UnknownFilterError(KnowledgeError, LookupError):
    """A log source or a platform was named that is not known.

    Args:
        what: ``log source`` or ``platform``.
        written: What was asked for.
        known: Those there are, for the message.
    """

    def __init__(self, what: str, written: str, known: Iterable[str]) -> None:
        every = list(known)
        close = difflib.get_close_matches(written, every, n=5, cutoff=0.3) or sorted(every)[:5]
        more = f" and {len(every) - len(close)} more" if len(every) > len(close) else ""
        super().__init__(f'No {what} is called "{written}"; there are {", ".join(close)}{more}.')
        self.what = what
        self.written = written


@dataclass(frozen=True, slots=True, kw_only=True)
class GapFilter:
    """Which gaps are asked for.

    Attributes:
        groups: Only techniques that one of these uses, or one of the groups that `sectors` lead to.
        sectors: In anybody's words; their groups are relevant as if they were named.
        platforms: Only techniques on one of these, such as ``windows``.
        log_source: Only what this log source would show: a log source's name or part of it, or a data component.
        limit: How many rows; ``None`` is all.
        relevant: Groups whose techniques count more, while nothing is left out for it.
        relevant_sectors: Sectors whose groups' techniques do.
        runs: What the team runs. Leaves out techniques that name other platforms only; what names none, and what
            happens before the intrusion, stays.
    """

    groups: tuple[Group, ...] = ()
    sectors: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    tactic: Tactic | None = None
    log_source: str = ""
    domain: Domain | None = None
    limit: int | None = 10
    relevant: tuple[Group, ...] = ()
    relevant_sectors: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()


EVERY_GAP = GapFilter(limit=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A technique that is not covered, or not well.

    Attributes:
        rank: From 1.
        score: From 0 to 100.
        coverage: What there is.
        groups: How many groups use it.
        relevant: Names of the relevant groups that do, those that were named before those a sector led to.
        software: How many malware families and tools use it.
        rule: A public rule that the team does not have, one it would see first; None where there is none.
        why: One line: why it stands here.
    """

    rank: int
    score: float
    coverage: TechniqueCoverage
    groups: int
    relevant: tuple[str, ...]
    software: int
    rule: PublicRule | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapReport:
    """The gaps that were asked for.

    Attributes:
        total: How many there are; `rows` may be fewer.
        considered: How many techniques and sub-techniques were looked at.
        relevant: The groups that were relevant: those that were named, then those that sectors led to, by id.
        unplaced: Detections that name an id no loaded release knows. Some gaps may be theirs to close: rules that are
            ahead of the release name techniques it does not have yet.
        sectors_known: Of how many of all `groups` any targeted sector is known, to read a sector's list by.
    """

    rows: tuple[Gap, ...]
    total: int
    considered: int
    relevant: tuple[Group, ...]
    groups: int
    sectors_known: int
    unplaced: int = 0


def rank_gaps(coverage: Coverage, evidence: Evidence, wanted: GapFilter = EVERY_GAP) -> GapReport:
    """Rank what is not covered, or only brittly; the formula stands at the top of this module.

    Args:
        coverage: What the team has.
        evidence: Of the same catalog.
        wanted: What to leave out, and how many rows to return.

    Raises:
        UnknownSectorError: A sector that nobody knows.
        UnknownFilterError: A log source or a platform that nobody knows.
    """
    sectors = evidence.sectors
    only = Relevance(wanted.groups, wanted.sectors, sectors)
    relevant = Relevance((*wanted.groups, *wanted.relevant), (*wanted.sectors, *wanted.relevant_sectors), sectors)
    considered = _considered(coverage, evidence, wanted, only)
    owned = {detection.id for detection in coverage.detections}
    scored: list[tuple[float, TechniqueCoverage]] = []
    for each in considered:
        if need := _need(each):
            use = evidence.use_of(each.technique.id)
            rule = any(rule.id not in owned for rule in evidence.rules.naming(each.technique.id))
            weight = _weight(evidence, use, relevant.share(use), each.readiness.share, has_rule=rule)
            scored.append((need * weight, each))
    scored.sort(key=lambda pair: (-pair[0], pair[1].technique.id))
    rows = scored if wanted.limit is None else scored[: wanted.limit]
    return GapReport(
        rows=tuple(
            _row(rank, score, each, coverage, evidence, relevant, owned) for rank, (score, each) in enumerate(rows, 1)
        ),
        total=len(scored),
        considered=len(considered),
        relevant=relevant.groups,
        groups=evidence.groups,
        sectors_known=sectors.known,
        unplaced=coverage.unplaced,
    )


def _considered(coverage: Coverage, evidence: Evidence, wanted: GapFilter, only: Relevance) -> list[TechniqueCoverage]:
    found = coverage.techniques(domain=wanted.domain, tactic=wanted.tactic)
    if wanted.platforms:
        asked = _known_platforms(coverage, wanted)
        found = tuple(each for each in found if not asked.isdisjoint(_folded(each.technique.platforms)))
    if wanted.runs:
        running = _folded(wanted.runs)
        found = tuple(each for each in found if _may_run(_folded(each.technique.platforms), running))
    if wanted.log_source:
        shown = _shown_by(coverage, wanted.log_source)
        found = tuple(each for each in found if _reads(each, shown))
    if wanted.groups or wanted.sectors:
        found = tuple(each for each in found if evidence.use_of(each.technique.id).groups & only.ids)
    return list(found)


def _known_platforms(coverage: Coverage, wanted: GapFilter) -> frozenset[str]:
    names = {name for each in coverage.techniques(domain=wanted.domain) for name in each.technique.platforms}
    for written in wanted.platforms:
        if written.casefold() not in _folded(names):
            raise UnknownFilterError("platform", written, sorted(names))
    return _folded(wanted.platforms)


def _may_run(platforms: frozenset[str], running: frozenset[str]) -> bool:
    """ATT&CK for ICS writes ``None`` where it names no platform."""
    return not platforms.isdisjoint(running) or platforms <= {"pre", "none"}


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)


def _shown_by(coverage: Coverage, written: str) -> list[tuple[frozenset[str], frozenset[str]]]:
    """What a log source shows, as ``(components, platforms)``; several where a part of a name fits several."""
    sources = coverage.log_sources
    if component := sources.component(written):
        return [(frozenset({component}), frozenset())]
    exact = sources.get(written)
    part = written.casefold()
    entries = [exact] if exact else [entry for entry in sources if any(part in word for word in _words(entry))]
    if not entries:
        raise UnknownFilterError("log source", written, (entry.name for entry in sources))
    return [(frozenset(entry.components), frozenset(entry.platforms)) for entry in entries]


def _words(entry: LogSourceEntry) -> list[str]:
    """What a log source is known by: ``sysmon`` finds every one that Sysmon writes."""
    return [word.casefold() for word in (entry.name, *entry.names, *map("/".join, entry.sigma))]


def _reads(each: TechniqueCoverage, shown: list[tuple[frozenset[str], frozenset[str]]]) -> bool:
    return any(
        not components.isdisjoint(each.readiness.needed)
        and (not platforms or not platforms.isdisjoint(each.technique.platforms))
        for components, platforms in shown
    )


def _need(each: TechniqueCoverage) -> float:
    state = each.state
    if state is State.GAP:
        need = 1.0
    elif state is State.SUBTECHNIQUES:
        need = 1.0 - COVERED_SUBTECHNIQUES * len(each.covered_subtechniques) / len(each.subtechniques)
    elif state is State.BRITTLE:
        need = BRITTLE_NEED
    else:
        return 0.0
    return need * PRE_NEED if each.technique.platforms == ("PRE",) else need


def _weight(evidence: Evidence, use: Use, share: float, collected: float, *, has_rule: bool) -> float:
    groups = log1p(len(use.groups)) / log1p(evidence.most_groups) if evidence.most_groups else 0.0
    software = log1p(use.software) / log1p(evidence.most_software) if evidence.most_software else 0.0
    return GROUPS * groups + SOFTWARE * software + RELEVANT * share + COLLECTED * collected + PUBLIC_RULE * has_rule


def _unseen(visibility: Visibility) -> int:
    """What the team would see first; among the rest, what nobody knows is no better than what it does not collect."""
    return {Visibility.VISIBLE: 0, Visibility.ASSUMED: 1}.get(visibility, 2)


def _row(
    rank: int,
    score: float,
    each: TechniqueCoverage,
    coverage: Coverage,
    evidence: Evidence,
    relevant: Relevance,
    owned: set[str],
) -> Gap:
    use = evidence.use_of(each.technique.id)
    rules = [rule for rule in evidence.rules.naming(each.technique.id) if rule.id not in owned]
    rule = min(rules, key=lambda rule: _unseen(coverage.visibility((rule.log_source,))), default=None)
    using = ((not relevant.named(group), evidence.name_of(group)) for group in use.groups & relevant.ids)
    names = tuple(name for _, name in sorted(using))
    return Gap(
        rank=rank,
        score=round(score, 1),
        coverage=each,
        groups=len(use.groups),
        relevant=names,
        software=use.software,
        rule=rule,
        why=reason(each, use, names, relevant=len(relevant.ids), groups=evidence.groups, rule=rule),
    )
