"""Many techniques, one line."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.coverage.model import State, Summary, TechniqueCoverage


def summarise(label: str, techniques: Iterable[TechniqueCoverage]) -> Summary:
    """Count techniques and sub-techniques apart, and every detection once.

    Args:
        label: What the techniques have in common.
        techniques: Each once.
    """
    every = tuple(techniques)
    parents = [each for each in every if not each.technique.is_subtechnique]
    children = [each for each in every if each.technique.is_subtechnique]
    return Summary(
        label=label,
        techniques=len(parents),
        covered=sum(each.covered for each in parents),
        through_subtechniques=sum(each.state is State.SUBTECHNIQUES for each in parents),
        subtechniques=len(children),
        subtechniques_covered=sum(each.covered for each in children),
        visible=sum(each.visible > 0 for each in every),
        assumed=sum(each.assumed > 0 and not each.visible for each in every),
        validated=sum(bool(each.validated) for each in every),
        brittle=sum(bool(each.brittleness) for each in every),
        redundant=sum(each.redundant for each in every),
        rules=len({id(claim.detection) for each in every for claim in each.claims}),
    )
