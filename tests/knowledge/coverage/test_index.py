from __future__ import annotations

import pytest

from knowledge.catalog import Catalog
from knowledge.coverage import Collected, Coverage, State, TechniqueCoverage
from knowledge.detections.model import Detection, DetectionKind, LogSourceClaim
from knowledge.model import Domain, Group, Tactic
from tests.knowledge.coverage.building import PROCESS, REGISTRY, catalog, log_sources, rule


def of(coverage: Coverage, attack_id: str) -> TechniqueCoverage:
    found = coverage.of(attack_id)
    assert found is not None
    return found


def covering(*detections: Detection, **options: object) -> Coverage:
    return Coverage(catalog(), detections, log_sources=log_sources(), **options)  # type: ignore[arg-type]


def test_a_technique_says_how_many_rules_from_where_at_which_level_and_status() -> None:
    coverage = covering(
        rule("a", "T1059.001"),
        rule("b", "T1059.001", level="low", status="experimental"),
        rule("c", "T1059.001", source="splunk", status="production"),
    )

    shell = of(coverage, "T1059.001")

    assert shell.rules == 3
    assert shell.sources == (("sigma", 2), ("splunk", 1))
    assert shell.levels == (("high", 2), ("low", 1))
    assert shell.statuses == (("experimental", 1), ("production", 1), ("stable", 1))
    assert [claim.detection.title for claim in shell.claims] == ["a", "b", "c"]


def test_a_parent_is_never_the_sum_of_its_subtechniques() -> None:
    coverage = covering(rule("a", "T1059.001"), rule("b", "T1059.001"))

    parent = of(coverage, "T1059")

    assert (parent.rules, parent.covered, parent.state) == (0, False, State.SUBTECHNIQUES)
    assert parent.subtechniques_label == "1 of 2 sub-techniques"
    assert parent.covered_subtechniques == ("T1059.001",)


def test_a_rule_for_the_parent_covers_no_subtechnique() -> None:
    coverage = covering(rule("a", "T1059"))

    assert of(coverage, "T1059").subtechniques_label == "0 of 2 sub-techniques"
    assert of(coverage, "T1059.001").state is State.GAP


def test_a_revoked_id_counts_for_its_successor_and_is_flagged() -> None:
    coverage = covering(rule("old", "T1086"), rule("new", "T1059.001"), rule("both", "T1086", "T1059.001"))

    shell = of(coverage, "T1059.001")

    assert {claim.detection.title: claim.named for claim in shell.claims} == {"old": "T1086", "new": "", "both": ""}
    assert shell.retired_ids == ("T1086",)
    [retired] = coverage.retired_ids
    assert (retired.id, retired.successor, retired.count) == ("T1086", "T1059.001", 2)
    assert coverage.of("T1086") is shell


def test_unknown_ids_are_listed_and_never_dropped() -> None:
    coverage = covering(rule("ahead", "T1685"), rule("half", "T1685.001", "T1059"))

    assert [(each.id, each.count, each.example) for each in coverage.unknown_ids] == [
        ("T1685", 1, "rules/ahead.yml"),
        ("T1685.001", 1, "rules/half.yml"),
    ]
    assert coverage.unplaced == 2
    assert of(coverage, "T1059").rules == 1
    assert coverage.of("T1685") is None


def test_what_is_switched_off_or_no_rule_covers_nothing() -> None:
    coverage = covering(
        rule("off", "T1059", enabled=False),
        rule("profile", "T1059", kind=DetectionKind.ADVERSARY),
        rule("source", "T1059", kind=DetectionKind.COLLECTED),
    )

    assert of(coverage, "T1059").state is State.GAP
    assert of(coverage, "T1059").switched_off == 1


def test_a_score_covers_without_being_counted_as_a_rule() -> None:
    technique = of(covering(rule("layer", "T1059", kind=DetectionKind.SCORE, log_sources=())), "T1059")

    assert (technique.rules, technique.scores, technique.state, technique.brittleness) == (0, 1, State.COVERED, "")


@pytest.mark.parametrize(
    ("statuses", "why"),
    [
        (["stable"], "one rule only"),
        (["experimental"], "one rule only, and it is experimental"),
        (["experimental", "experimental"], "all 2 rules are experimental"),
        (["experimental", "stable"], ""),
        (["test", "test"], ""),
    ],
)
def test_brittle_coverage_says_why(statuses: list[str], why: str) -> None:
    coverage = covering(*(rule(str(n), "T1059", status=status) for n, status in enumerate(statuses)))

    assert of(coverage, "T1059").brittleness == why
    assert (of(coverage, "T1059").state is State.BRITTLE) == bool(why)


def test_many_rules_for_one_technique_are_called_redundant() -> None:
    coverage = covering(*(rule(str(n), "T1059") for n in range(10)))

    assert of(coverage, "T1059").state is State.REDUNDANT


def test_a_rule_is_visible_only_where_the_team_says_it_collects_the_log_source() -> None:
    rules = (rule("a", "T1059"), rule("b", "T1059", log_sources=(REGISTRY,)), rule("c", "T1059", log_sources=()))

    told = of(covering(*rules, collected=Collected(frozenset({"windows processes"}))), "T1059")
    guessed = of(covering(*rules), "T1059")

    assert (told.visible, told.assumed, told.blind) == (1, 0, 1)
    assert (guessed.visible, guessed.assumed, guessed.blind) == (0, 2, 0)


def test_a_rule_that_needs_several_log_sources_is_blind_without_one_and_unknown_beside_a_stranger() -> None:
    both, odd = (LogSourceClaim(name=f"Sysmon EventID 1 AND {other}") for other in ("Sysmon EventID 13", "Toaster 7"))
    coverage = covering(collected=Collected(said=frozenset({"Windows processes"})))
    everything = covering(collected=Collected(frozenset({"Windows processes"}), frozenset({"Windows registry"})))
    nothing = covering(collected=Collected())

    assert [each.visibility([both]) for each in (coverage, everything, nothing)] == ["blind", "assumed", "blind"]
    assert [each.visibility([odd]) for each in (coverage, everything, nothing)] == ["unknown", "unknown", "blind"]


def test_a_validation_of_a_rule_or_of_a_technique_is_shown() -> None:
    coverage = covering(rule("a", "T1059"), validations={"a": "2026-07-01T00:00:00Z", "T1566": "2026-07-02T00:00:00Z"})

    assert of(coverage, "T1059").validated == "2026-07-01T00:00:00Z"
    assert of(coverage, "T1059").claims[0].validated == "2026-07-01T00:00:00Z"
    assert of(coverage, "T1566").validated == "2026-07-02T00:00:00Z"
    assert of(coverage, "T1547").validated == ""


def test_readiness_names_the_components_that_would_show_a_technique() -> None:
    shell = of(covering(rule("a", "T1566"), collected=Collected(frozenset({"Windows processes"}))), "T1059.001")

    assert shell.readiness.needed == ("Process Creation", "Windows Registry Key Modification")
    assert shell.readiness.said == ("Process Creation",)
    assert shell.readiness.share == 0.5


def test_readiness_needs_the_platform_too() -> None:
    shell = of(covering(collected=Collected(frozenset({"Linux processes"}))), "T1059.001")

    assert shell.readiness.said == ()


def test_summaries_count_techniques_and_subtechniques_apart_and_each_rule_once() -> None:
    coverage = covering(
        rule("a", "T1059", "T1059.001"), rule("b", "T1059", level="low"), rule("c", "T1566", source="splunk")
    )

    [whole] = coverage.by_domain()
    access, execution = coverage.by_tactic(Domain.ENTERPRISE)

    assert (whole.techniques, whole.covered, whole.subtechniques, whole.subtechniques_covered) == (3, 2, 2, 1)
    assert (whole.rules, whole.brittle) == (3, 2)
    assert (access.label, access.techniques, access.covered) == ("Initial Access", 2, 1)
    assert (execution.label, execution.techniques, execution.covered) == ("Execution", 2, 1)


def test_a_source_says_what_only_it_covers() -> None:
    coverage = covering(rule("a", "T1059", "T1566"), rule("b", "T1566", source="splunk"), rule("none", source="splunk"))

    sigma, splunk = coverage.by_source

    assert (sigma.detections, sigma.counting, sigma.techniques, sigma.only_here) == (1, 1, 2, 1)
    assert (splunk.detections, splunk.counting, splunk.techniques, splunk.only_here) == (2, 1, 1, 0)


def test_techniques_are_chosen_by_tactic_platform_and_group() -> None:
    coverage = covering()
    tactic, group = coverage.catalog.get("TA0001"), coverage.catalog.get("G0046")
    assert isinstance(tactic, Tactic)
    assert isinstance(group, Group)

    assert [each.technique.id for each in coverage.techniques(tactic=tactic)] == ["T1547", "T1566"]
    assert [each.technique.id for each in coverage.techniques(platform="linux")] == ["T1547"]
    assert [each.technique.id for each in coverage.techniques(group=group, tactic=tactic)] == ["T1547", "T1566"]
    assert coverage.summary("FIN7", group=group).techniques == 2


def test_nothing_imported_and_nothing_loaded_are_answers_too() -> None:
    assert covering().by_source == ()
    assert Coverage(Catalog([]), [rule("a", "T1059")]).unknown_ids[0].id == "T1059"
    assert PROCESS.label == "windows/process_creation"
