from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.catalog import Catalog
from knowledge.coverage import Collected, Coverage
from knowledge.detections.model import Detection
from knowledge.model import Group, Tactic
from knowledge.priorities import (
    Actor,
    Evidence,
    GapFilter,
    GapReport,
    PublicRule,
    UnknownFilterError,
    UnknownSectorError,
    compare_groups,
    compare_with_us,
    rank_gaps,
)
from tests.builders import relationship, technique
from tests.knowledge.coverage.building import PROCESS, catalog, log_sources, release, rule

PUBLIC = PublicRule("uuid-1", "PowerShell Download", "https://example.org/rule.yml", "high", ("T1086",), PROCESS)
ACTORS = (
    Actor("Cozy Bear", ("APT29",), ("Government",)),
    Actor("Carbon Spider", (), ("Finance",)),
    Actor("Nobody", ("Nobody Knows",), ("Finance",)),
)
CATALOG = catalog()
EVIDENCE = Evidence(CATALOG, ACTORS, [PUBLIC])


def ranked(*detections: Detection, collected: Collected | None = None, **wanted: object) -> GapReport:
    coverage = Coverage(CATALOG, detections, log_sources=log_sources(), collected=collected)
    return rank_gaps(coverage, EVIDENCE, GapFilter(**wanted))  # type: ignore[arg-type]


def ids(report: GapReport) -> list[str]:
    return [row.coverage.technique.id for row in report.rows]


def group(attack_id: str) -> Group:
    found = CATALOG.get(attack_id)
    assert isinstance(found, Group)
    return found


def test_what_more_groups_and_software_use_comes_first() -> None:
    report = ranked()

    assert ids(report) == ["T1059.001", "T1566", "T1547", "T1059", "T1059.003"]
    assert [row.rank for row in report.rows] == [1, 2, 3, 4, 5]
    assert (report.total, report.considered) == (5, 5)


def test_what_the_relevant_group_uses_comes_before_what_is_merely_common() -> None:
    report = ranked(groups=(group("G0046"),))

    assert ids(report) == ["T1566", "T1547"]
    assert report.rows[0].relevant == ("FIN7",)
    assert report.relevant == (group("G0046"),)


def test_a_relevant_group_moves_what_it_uses_forward_and_leaves_nothing_out() -> None:
    report = ranked(relevant=(group("G0046"),))

    assert sorted(ids(report)) == sorted(ids(ranked()))
    assert ids(report)[:2] == ["T1566", "T1547"]
    assert report.relevant == (group("G0046"),)
    assert report.rows[0].relevant == ("FIN7",)
    assert "used by FIN7, 2 of 2 groups" in report.rows[0].why


def test_a_relevant_sector_does_so_by_its_groups() -> None:
    assert ids(ranked(relevant_sectors=("Banking",))) == ids(ranked(relevant=(group("G0046"),)))


def test_a_group_somebody_names_does_not_drown_among_those_of_a_sector() -> None:
    crowd = [
        replace(group("G0046"), stix_id=f"intrusion-set--x{at}", id=f"G1{at:03}", name=f"X{at}") for at in range(9)
    ]
    base = release()
    others = tuple(relationship("uses", each.stix_id, "attack-pattern--T1547") for each in crowd)
    contents = replace(base, groups=(*base.groups, *crowd), relationships=(*base.relationships, *others))
    crowded = Catalog([contents])
    evidence = Evidence(crowded, [Actor(each.name, (), ("Finance",)) for each in crowd])
    wanted = GapFilter(relevant=(group("G0016"),), relevant_sectors=("finance",), limit=None)

    report = rank_gaps(Coverage(crowded, []), evidence, wanted)

    scores = {row.coverage.technique.id: row for row in report.rows}
    alone = {
        row.coverage.technique.id: row for row in rank_gaps(Coverage(crowded, []), evidence, GapFilter(limit=None)).rows
    }
    assert scores["T1547"].score - alone["T1547"].score == pytest.approx(17.5, abs=0.1)
    assert scores["T1566"].score - alone["T1566"].score == pytest.approx(17.5, abs=0.1)
    assert [each.id for each in report.relevant][:2] == ["G0016", "G1000"]


def test_what_the_team_runs_leaves_out_what_names_only_other_platforms() -> None:
    base = release()
    more = (
        technique("T1595", "Active Scanning", platforms=("PRE",)),
        technique("T0865", "Attachment", platforms=("None",)),
        technique("T0866", "Nowhere", platforms=()),
    )
    there = Catalog([replace(base, techniques=(*base.techniques, *more))])
    report = rank_gaps(Coverage(there, []), Evidence(there), GapFilter(runs=("linux", "ESXi"), limit=None))

    assert sorted(ids(report)) == ["T0865", "T0866", "T1547", "T1595"]


def test_a_sector_leads_to_the_groups_that_target_it() -> None:
    report = ranked(sectors=("Banking",))

    assert report.relevant == (group("G0046"),)
    assert (report.sectors_known, report.groups) == (2, 2)
    assert ids(report) == ["T1566", "T1547"]


def test_a_sector_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownSectorError, match=r'called "Wizardry"; there are Government, Defence'):
        ranked(sectors=("Wizardry",))


def test_covered_techniques_are_no_gaps_and_brittle_ones_are_half_of_one() -> None:
    whole = ranked().rows[0]
    brittle = ranked(rule("a", "T1059.001"), collected=Collected()).rows
    covered = ranked(rule("a", "T1059.001"), rule("b", "T1059.001"))

    half = next(row for row in brittle if row.coverage.technique.id == "T1059.001")
    assert half.score == pytest.approx(whole.score / 2, abs=0.1)
    assert half.why.startswith("One rule only; used by")
    assert "T1059.001" not in ids(covered)


def test_covered_subtechniques_lessen_the_need_for_their_parent() -> None:
    first = next(row for row in ranked().rows if row.coverage.technique.id == "T1059")
    later = ranked(rule("a", "T1059.001"), rule("b", "T1059.001"), rule("c", "T1566"))
    parent = next(row for row in later.rows if row.coverage.technique.id == "T1059")

    assert parent.score <= first.score
    assert parent.why.startswith("No rule of its own, rules for 1 of 2 sub-techniques;")


def test_each_row_says_in_one_line_why_it_is_there() -> None:
    told = Collected(frozenset({"Windows processes"}))

    row = ranked(rule("off", "T1059.001", enabled=False), collected=told, groups=(group("G0016"),)).rows[0]

    assert row.coverage.technique.id == "T1059.001"
    assert row.why == (
        "No rule names it (1 switched off); used by APT29, 1 of 2 groups and 1 software; you "
        "collect 1 of 2 data components for it (Process Creation); public Sigma rule: “PowerShell Download”."
    )
    assert "\n" not in row.why


def test_a_public_rule_is_found_by_its_old_id_and_not_offered_to_whoever_has_it() -> None:
    offered = ranked().rows[0].rule
    owned = next(row for row in ranked(rule("uuid-1", "T1059.001")).rows if row.coverage.technique.id == "T1059.001")

    assert offered == PUBLIC
    assert owned.rule is None


def test_what_is_collected_is_cheaper_to_close() -> None:
    without = ranked(collected=Collected()).rows[0]
    told = ranked(collected=Collected(frozenset({"Windows processes", "Windows registry"}))).rows[0]

    assert told.score == pytest.approx(without.score + 12)


def test_techniques_before_the_intrusion_stand_back() -> None:
    base = catalog()
    before = [replace(item, platforms=("PRE",)) for item in base.techniques() if item.id == "T1566"]
    assert before
    pre = Coverage(base, [])
    plain = rank_gaps(pre, EVIDENCE, GapFilter(limit=None))
    object.__setattr__(pre._by_id["T1566"], "technique", before[0])

    moved = rank_gaps(pre, EVIDENCE, GapFilter(limit=None))

    score = {row.coverage.technique.id: row.score for row in plain.rows}
    assert {row.coverage.technique.id: row.score for row in moved.rows}["T1566"] == pytest.approx(
        score["T1566"] / 4, abs=0.1
    )


def test_filters_by_tactic_platform_log_source_and_limit() -> None:
    tactic = CATALOG.get("TA0001")
    assert isinstance(tactic, Tactic)

    assert ids(ranked(tactic=tactic)) == ["T1566", "T1547"]
    assert ids(ranked(platforms=("LINUX",))) == ["T1547"]
    assert ids(ranked(platforms=("linux", "windows"))) == ids(ranked())
    assert ids(ranked(log_source="sysmon")) == ["T1059.001"]
    assert ids(ranked(log_source="process creation")) == ["T1059.001"]
    assert ids(ranked(log_source="Linux processes")) == []
    assert (len(ranked(limit=2).rows), ranked(limit=2).total) == (2, 5)


@pytest.mark.parametrize(
    "wanted", [{"platforms": ("Amiga",)}, {"platforms": ("Windows", "Amiga")}, {"log_source": "tea leaves"}]
)
def test_a_filter_nobody_knows_is_refused(wanted: dict[str, object]) -> None:
    with pytest.raises(UnknownFilterError, match="is called"):
        ranked(**wanted)


def test_rules_ahead_of_the_release_are_counted_beside_the_gaps() -> None:
    assert ranked(rule("ahead", "T1685")).unplaced == 1


def test_two_groups_side_by_side() -> None:
    coverage = Coverage(CATALOG, [])

    both = compare_groups(coverage, group("G0016"), group("G0046"))

    assert [each.technique.id for each in both.shared] == ["T1566"]
    assert [each.technique.id for each in both.only_first] == ["T1059.001"]
    assert [each.technique.id for each in both.only_second] == ["T1547"]


def test_a_group_beside_us() -> None:
    coverage = Coverage(CATALOG, [rule("a", "T1566"), rule("b", "T1059.001"), rule("c", "T1059.001")])

    ours = compare_with_us(coverage, group("G0016"))

    assert [each.technique.id for each in ours.covered] == ["T1059.001"]
    assert [each.technique.id for each in ours.brittle] == ["T1566"]
    assert ours.gaps == ()
