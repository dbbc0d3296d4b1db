"""What a layer can be about: coverage, gaps, a group, an overlap of groups.

The palettes tell their steps apart by lightness as well as by hue, and put blue against orange, which every common form
of colour blindness keeps apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from knowledge.coverage import MANY_RULES, NOT_DETECTION, Coverage, State, Summary, TechniqueCoverage
from knowledge.exports.layer import Layer, Mark, Shade
from knowledge.model import Domain, Group, Release
from knowledge.priorities import GapReport

_NONE = Shade("", "#F6F7F8", "#6A7178")
_WHITE = "#FFFFFF"

_COVERAGE = (
    Shade("no rule", _WHITE, "#565D64"),
    Shade("only sub-techniques have rules", "#DCEAF6"),
    Shade("brittle: one rule, or unproven ones", "#F6C26B"),
    Shade("covered", "#74B2DC"),
    Shade(f"{MANY_RULES} rules or more", "#0B4F94", _WHITE),
)
_STATES = tuple(State)
_GAPS = (
    Shade("not a gap", _NONE.fill, _NONE.ink),
    Shade("a gap", "#FBDDBE"),
    Shade("among the first 50", "#F0924A"),
    Shade("among the first 10", "#8A2D04", _WHITE),
)
_GROUP = (
    Shade("not used", _NONE.fill, _NONE.ink),
    Shade("used; rules for all of it", "#A9D0EE"),
    Shade("used; rules for some of it", "#F6C26B"),
    Shade("used; no rule", "#A33A06", _WHITE),
)
_PAIR = ("#8FC3E8", "#F6C26B", "#3D2A80")
_COUNTS = ("#DDDCEE", "#A6A1D0", "#6B53A6", "#3A0B7A")


def coverage_layer(coverage: Coverage, domain: Domain) -> Layer:
    """How well each technique is covered."""
    release = _release(coverage, domain)
    found = coverage.techniques(domain=domain)
    whole = coverage.summary(release.label, domain=domain)
    marks = {
        each.technique.id: Mark(_STATES.index(each.state), len(each.claims), _coverage_note(each), _facts(each))
        for each in found
        if each.state is not State.GAP
    }
    return Layer(
        subject="coverage",
        title="Coverage",
        release=release,
        shades=_COVERAGE,
        marks=marks,
        cells={},
        counted=frozenset(each.technique.id for each in found if each.covered),
        counting="with a rule of their own",
        headline=_sum(whole),
        has_subtechniques=whole.subtechniques > 0,
        cell_note="A technique's colour is that of its own rules; those of its sub-techniques are only counted.",
        text=_coverage_text(release, whole, coverage.by_tactic(domain)),
        caution=NOT_DETECTION,
    )


def gaps_layer(coverage: Coverage, report: GapReport, domain: Domain) -> Layer:
    """Where the gaps are; give it a report without a limit."""
    rows = [row for row in report.rows if domain in row.coverage.technique.domains]
    marks = {
        row.coverage.technique.id: Mark(
            _tier(row.rank),
            row.score,
            f"#{row.rank}: {row.why}",
            (("Rank", str(row.rank)), *((("Public rule", row.rule.title),) if row.rule else ())),
        )
        for row in rows
    }
    first = ", ".join(f"{row.coverage.technique.name} ({row.coverage.technique.id})" for row in rows[:5])
    release = _release(coverage, domain)
    relevant = f" Relevant groups: {_listed([group.name for group in report.relevant])}." if report.relevant else ""
    return Layer(
        subject="gaps",
        title="Gaps",
        release=release,
        shades=_GAPS,
        marks=marks,
        cells=_cells(coverage, domain, marks, lambda shades: max(shades, default=0)),
        counted=frozenset(marks),
        counting="that are gaps",
        headline=f"{len(rows)} techniques and sub-techniques have no rule of their own, or brittle ones",
        has_subtechniques=_subtechniques(coverage, domain),
        cell_note="A technique's colour is the most pressing of it and its sub-techniques.",
        text=f"Gaps against ATT&CK {release.label}: {len(rows)} techniques and sub-techniques have no rule of "
        f"their own, or brittle ones.{f' First come {first}.' if first else ''}{relevant}",
        caution=NOT_DETECTION,
    )


def group_layer(coverage: Coverage, group: Group, domain: Domain) -> Layer:
    """What a group does, and whether rules name it."""
    used = {each.technique.id: each for each in coverage.techniques(group=group, domain=domain)}
    marks = {
        key: Mark(1 if each.covered else 3, len(each.claims), _coverage_note(each), _facts(each))
        for key, each in used.items()
    }
    covered = sum(each.covered for each in used.values())
    release = _release(coverage, domain)
    gaps = [each.technique.name for each in used.values() if not each.covered]
    return Layer(
        subject="group",
        title=f"{group.name} ({group.id})",
        release=release,
        shades=_GROUP,
        marks=marks,
        cells=_cells(coverage, domain, marks, _mixed),
        counted=frozenset(marks),
        counting="the group uses",
        headline=f"rules name {covered} of the {len(used)} techniques and sub-techniques it uses",
        has_subtechniques=_subtechniques(coverage, domain),
        cell_note="A technique's colour is that of it and those of its sub-techniques that the group uses, together.",
        text=f"{group.name} uses {len(used)} techniques and sub-techniques of ATT&CK {release.label}; rules "
        f"name {covered} of them.{f' No rule names {_listed(gaps)}.' if gaps else ''}",
        caution=NOT_DETECTION,
    )


def overlap_layer(coverage: Coverage, groups: Sequence[Group], domain: Domain) -> Layer:
    """What several groups have in common; two are told apart by name, more are counted.

    Raises:
        ValueError: Fewer than two groups.
    """
    if len(groups) < 2:
        raise ValueError("an overlap needs at least two groups")
    users: dict[str, set[int]] = {}
    for place, group in enumerate(groups):
        for each in coverage.techniques(group=group, domain=domain):
            users.setdefault(each.technique.id, set()).add(place)
    pair = len(groups) == 2
    marks = {
        key: Mark(
            _together(found, pair), len(found), "Used by " + _listed([groups[place].name for place in sorted(found)])
        )
        for key, found in users.items()
    }
    cells = {}
    for each in coverage.techniques(domain=domain):
        ids = (each.technique.id, *each.subtechniques)
        if found := set().union(*(users.get(key, set()) for key in ids)):
            cells[each.technique.id] = _together(found, pair)
    names = [group.name for group in groups]
    shared = [key for key, found in users.items() if len(found) == len(groups)]
    release = _release(coverage, domain)
    return Layer(
        subject="overlap",
        title=" and ".join(names) if len(names) < 4 else f"{len(names)} groups",
        release=release,
        shades=(Shade("used by none", _NONE.fill, _NONE.ink), *_overlap_shades(names)),
        marks=marks,
        cells=cells,
        counted=frozenset(marks),
        counting="at least one of them uses",
        headline=f"{len(shared)} of {len(users)} techniques and sub-techniques shared by {'both' if pair else 'all'}",
        has_subtechniques=_subtechniques(coverage, domain),
        cell_note=f"{_listed(names, 12)}. A technique's colour counts those that use it or one of its sub-techniques.",
        text=f"{_listed(names)} use {len(users)} techniques and sub-techniques of ATT&CK {release.label}, "
        f"and share {len(shared)} of them.",
    )


def _release(coverage: Coverage, domain: Domain) -> Release:
    loaded = (release for release in coverage.catalog.releases if release.domain is domain)
    return next(loaded, Release(domain=domain, version=""))


def _subtechniques(coverage: Coverage, domain: Domain) -> bool:
    return any(each.subtechniques for each in coverage.techniques(domain=domain))


def _cells(
    coverage: Coverage, domain: Domain, marks: Mapping[str, Mark], choose: Callable[[list[int]], int]
) -> dict[str, int]:
    """Each technique's cell from the marks of it and its sub-techniques."""
    cells = {}
    for each in coverage.techniques(domain=domain):
        ids = (each.technique.id, *each.subtechniques)
        if shades := [marks[key].shade for key in ids if key in marks]:
            cells[each.technique.id] = choose(shades)
    return cells


def _mixed(shades: list[int]) -> int:
    return shades[0] if len(set(shades)) == 1 else 2


def _together(found: set[int], pair: bool) -> int:
    if pair:
        return 3 if len(found) == 2 else 1 + min(found)
    return min(len(found), len(_COUNTS))


def _overlap_shades(names: Sequence[str]) -> Iterable[Shade]:
    if len(names) == 2:
        return (
            Shade(f"{names[0]} only", _PAIR[0]),
            Shade(f"{names[1]} only", _PAIR[1]),
            Shade("both", _PAIR[2], _WHITE),
        )
    most = min(len(names), len(_COUNTS))
    return tuple(
        Shade(
            ("1 group" if number == 1 else f"{number} groups") + (" or more" if number == most < len(names) else ""),
            _COUNTS[number - 1],
            _WHITE if number > 2 else "#1B1F24",
        )
        for number in range(1, most + 1)
    )


def _tier(rank: int) -> int:
    return 3 if rank <= 10 else 2 if rank <= 50 else 1


def _coverage_note(each: TechniqueCoverage) -> str:
    parts = []
    if each.rules:
        parts.append("1 rule" if each.rules == 1 else f"{each.rules} rules")
    if each.scores:
        parts.append(f"claimed by {each.scores} imported score{'s' if each.scores > 1 else ''}")
    if not parts:
        parts.append("no rule of its own")
    if each.subtechniques:
        parts.append(each.subtechniques_label)
    if each.brittleness:
        parts.append(f"brittle: {each.brittleness}")
    return "; ".join(parts)


def _facts(each: TechniqueCoverage) -> tuple[tuple[str, str], ...]:
    facts = [
        ("Sources", ", ".join(f"{source or 'unnamed'} {number}" for source, number in each.sources)),
        ("Levels", ", ".join(f"{level or 'none'} {number}" for level, number in each.levels)),
        ("Log source collected", f"{each.visible} of {len(each.claims)} rules" if each.visible else ""),
        ("Log source assumed", f"{each.assumed} of {len(each.claims)} rules" if each.assumed else ""),
        ("Validated", each.validated),
        ("Named by retired ids", ", ".join(each.retired_ids)),
    ]
    return tuple((name, value) for name, value in facts if value)


def _sum(whole: Summary) -> str:
    subtechniques = f" and {whole.subtechniques_covered} of {whole.subtechniques} sub-techniques"
    return (
        f"{whole.covered} of {whole.techniques} techniques{subtechniques if whole.subtechniques else ''} "
        "have a rule of their own"
    )


def _coverage_text(release: Release, whole: Summary, tactics: Sequence[Summary]) -> str:
    text = f"Coverage of ATT&CK {release.label}: {_sum(whole)}"
    if whole.through_subtechniques:
        text += f", {whole.through_subtechniques} more only through sub-techniques"
    text += f"; {whole.brittle} of all that are brittle." if whole.brittle else "."
    ranked = sorted((each for each in tactics if each.techniques), key=lambda each: each.covered / each.techniques)
    if len(ranked) > 1 and whole.covered:
        best, worst = ranked[-1], ranked[0]
        text += (
            f" Most of its techniques: {best.label} ({best.covered} of {best.techniques}); fewest: {worst.label} "
            f"({worst.covered} of {worst.techniques})."
        )
    return text


def _listed(names: Sequence[str], most: int = 6) -> str:
    shown = list(names[:most])
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else ""
