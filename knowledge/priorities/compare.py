"""Two groups beside each other, or a group beside us."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.coverage import Coverage, State, TechniqueCoverage
from knowledge.model import Domain, Group


@dataclass(frozen=True, slots=True)
class TwoGroups:
    """What two groups do, each technique with the team's coverage of it, by id."""

    first: Group
    second: Group
    shared: tuple[TechniqueCoverage, ...]
    only_first: tuple[TechniqueCoverage, ...]
    only_second: tuple[TechniqueCoverage, ...]


@dataclass(frozen=True, slots=True)
class GroupAndUs:
    """What a group does and what the team has for it, by id.

    Attributes:
        covered: Techniques with rules of their own that would not break easily.
        brittle: Those whose coverage would.
        through_subtechniques: Those without a rule of their own, while their sub-techniques have some.
        gaps: Those that nothing names.
    """

    group: Group
    covered: tuple[TechniqueCoverage, ...]
    brittle: tuple[TechniqueCoverage, ...]
    through_subtechniques: tuple[TechniqueCoverage, ...]
    gaps: tuple[TechniqueCoverage, ...]


def compare_groups(coverage: Coverage, first: Group, second: Group, *, domain: Domain | None = None) -> TwoGroups:
    """Techniques both groups use, and those only one does; campaigns attributed to a group count for it."""
    of_first = {each.technique.id: each for each in coverage.techniques(group=first, domain=domain)}
    of_second = {each.technique.id: each for each in coverage.techniques(group=second, domain=domain)}
    return TwoGroups(
        first,
        second,
        tuple(each for key, each in of_first.items() if key in of_second),
        tuple(each for key, each in of_first.items() if key not in of_second),
        tuple(each for key, each in of_second.items() if key not in of_first),
    )


def compare_with_us(coverage: Coverage, group: Group, *, domain: Domain | None = None) -> GroupAndUs:
    """What a group does, by what the team has for it."""
    used = coverage.techniques(group=group, domain=domain)
    strong = (State.COVERED, State.REDUNDANT)
    return GroupAndUs(
        group,
        covered=tuple(each for each in used if each.state in strong),
        brittle=tuple(each for each in used if each.state is State.BRITTLE),
        through_subtechniques=tuple(each for each in used if each.state is State.SUBTECHNIQUES),
        gaps=tuple(each for each in used if each.state is State.GAP),
    )
