"""Coverage, gaps, comparisons, imports and what is collected, against their golden files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.views.asking import also
from bot.views.claims import held_line, technique_page, unknown_page
from bot.views.collecting import Choice, Word, answers_of, collect_form, collected_list
from bot.views.comparison import group_and_us, two_groups
from bot.views.coverage import bar, coverage_page, unplaced
from bot.views.forms import import_form
from bot.views.gaps import gaps_page
from bot.views.imports import as_lines, history_list, import_summary, source_list
from bot.views.profile import RankedFor
from bot.views.reply import Reply
from bot.views.selection import selection_page, source_page
from bot.views.whose import EVERYBODY, Team
from knowledge.coverage import Collected, Coverage, TechniqueCoverage
from knowledge.detections import Detection, DetectionKind, ImportReport, LogSourceClaim, Rejected, RetiredId, UnknownId
from knowledge.model import Domain, Group, Remark
from knowledge.priorities import Evidence, PublicRule, compare_groups, compare_with_us, rank_gaps
from knowledge.store import Source, SourceChange, SourceImport
from tests.bot.views.builders import catalog
from tests.knowledge.coverage.building import REGISTRY, log_sources, rule

Golden = Callable[[str, Reply | dict[str, Any]], None]
NOW = catalog()
TITLE = "Kettle <!channel> on *fire* `now` & then"
RULES = (
    rule(TITLE, "T9001", level="critical"),
    rule("Samovar", "T9001", "T9001.001", status="experimental", source="ours <!here>"),
    rule("By its old id", "T9099", log_sources=(LogSourceClaim(name="nothing known"),)),
    rule("Ahead", "T9999"),
    rule("Off", "T9001.002", enabled=False),
    Detection(id="score", title="Scored", source="layer", kind=DetectionKind.SCORE, ids=("T9666",), level="score 3"),
)
HELD = Coverage(NOW, RULES, log_sources=log_sources())
PUBLIC = (PublicRule("p1", "Public <rule> & more", "https://rules.example/1?a=b&c", "high", ("T9001.002",)),)
EVIDENCE = Evidence(NOW, (), PUBLIC)
RED = Team("Red <!channel> & *co*", ("Red <!channel> & *co*",), own=1, shared=5)
BADGER, OTTER = (group for group in NOW.objects() if isinstance(group, Group) and group.id in ("G9001", "G9002"))


def of(attack_id: str) -> TechniqueCoverage:
    found = HELD.of(attack_id)
    assert found
    return found


def test_coverage(golden: Golden) -> None:
    golden("coverage", coverage_page(HELD, Domain.ENTERPRISE))


def test_coverage_of_a_team(golden: Golden) -> None:
    golden("coverage-team", coverage_page(HELD, Domain.ENTERPRISE, team=RED, teams=(RED,)))


def test_coverage_of_a_workspace_that_teams_share(golden: Golden) -> None:
    teams = (RED, *(Team(f"Team {number}", (str(number),)) for number in range(9)))

    golden("coverage-teams", coverage_page(HELD, Domain.ENTERPRISE, teams=teams))


def test_a_technique_of_a_team(golden: Golden) -> None:
    golden("coverage-T9001-team", technique_page(HELD, of("T9001"), team=RED))


def test_a_group_of_a_team(golden: Golden) -> None:
    whole, found = HELD.summary(BADGER.name, group=BADGER), HELD.techniques(group=BADGER)
    page = selection_page("Coverage", whole, found, ask="coverage x", buttons=(("Gaps", "gaps x"),), team=RED)

    golden("coverage-group-team", page)


def test_a_source_of_a_team(golden: Golden) -> None:
    whole = next(each for each in HELD.by_source if each.source == "sigma")

    golden("coverage-source-team", source_page(whole, [of("T9001")], team=RED))


def test_a_team_says_what_counts_for_it() -> None:
    assert Team("blue", ("blue",), 1, 0).said == "1 detection of team blue"
    assert Team("blue", ("blue",), 1_200, 3).said == "1,200 detections of team blue and 3 of everyone's"
    assert len(Team("x" * 200).titled("Gaps")) < 60
    assert (EVERYBODY.said, EVERYBODY.line, EVERYBODY.titled("Gaps"), EVERYBODY.asking("gaps")) == (
        "",
        "",
        "Gaps",
        "gaps",
    )


def test_coverage_of_a_technique(golden: Golden) -> None:
    golden("coverage-T9001", technique_page(HELD, of("T9001")))


def test_coverage_of_a_gap(golden: Golden) -> None:
    golden("coverage-T9001.002", technique_page(HELD, of("T9001.002")))


def test_coverage_of_a_hostile_one(golden: Golden) -> None:
    golden("coverage-T9666", technique_page(HELD, of("T9666")))


def test_coverage_in_pages(golden: Golden) -> None:
    many = Coverage(NOW, [rule(f"Rule {number:02}", "T9001") for number in range(40)], log_sources=log_sources())
    found = many.of("T9001")
    assert found

    golden("coverage-T9001-page-2", technique_page(many, found, 1))


def test_coverage_of_a_group(golden: Golden) -> None:
    whole, found = HELD.summary(BADGER.name, group=BADGER), HELD.techniques(group=BADGER)
    page = selection_page(
        f"Coverage of what {BADGER.name} does", whole, found, ask="coverage group G9001", buttons=(("Gaps", "gaps"),)
    )

    golden("coverage-group", page)


def test_coverage_of_a_platform_by_tactic(golden: Golden) -> None:
    tactics = [HELD.summary(each.name, tactic=each, platform="Windows") for each in NOW.tactics(Domain.ENTERPRISE)]
    page = selection_page(
        "Coverage of Windows",
        HELD.summary("Windows", platform="Windows"),
        HELD.techniques(platform="Windows"),
        ask="coverage platform Windows",
        tactics=tactics,
        warning=unplaced(HELD),
        command="/mitre",
    )

    golden("coverage-platform", page)


def test_coverage_of_nothing(golden: Golden) -> None:
    golden("coverage-none", coverage_page(HELD, Domain.ICS))


def test_coverage_of_an_id_that_only_rules_know(golden: Golden) -> None:
    ahead = [replace(rule(TITLE, "T9999"), level="low"), rule("Second", "T9999", level="critical")]

    golden("coverage-T9999", unknown_page("T9999", ahead, NOW.releases))


def test_rules_that_cannot_fire_are_no_coverage(golden: Golden) -> None:
    registry = rule("Registry", "T9001", log_sources=(REGISTRY,))
    one = Collected(frozenset({"Windows processes"}), frozenset())
    some = Coverage(NOW, [*RULES, registry], log_sources=log_sources(), collected=one).of("T9001")
    none = Coverage(NOW, [registry], log_sources=log_sources(), collected=one)
    found = none.of("T9001")
    assert some
    assert found

    assert held_line(some).endswith("log source not collected for 1; 1 of 2 sub-techniques has some")
    assert held_line(found) == "*Named by 1 rule that cannot fire*, log source not collected  Registry (sigma)"
    golden("coverage-T9001-blind", technique_page(none, found))
    assert "*not collected for 1*, whose rules cannot fire" in str(coverage_page(none, Domain.ENTERPRISE).blocks)


def test_coverage_by_a_source(golden: Golden) -> None:
    whole = next(each for each in HELD.by_source if each.source == "sigma")

    golden("coverage-source", source_page(whole, [of("T9001")]))


def test_gaps(golden: Golden) -> None:
    report = replace(rank_gaps(HELD, EVIDENCE), relevant=(BADGER, OTTER))

    golden(
        "gaps", gaps_page(HELD, report, about=("Badger <x>",), ask="gaps x", by_sector=True, picture="heatmap gaps x")
    )


def test_gaps_of_a_team_with_a_profile(golden: Golden) -> None:
    report = replace(rank_gaps(HELD, EVIDENCE), relevant=(BADGER, OTTER))
    ranked_for = RankedFor(("Finance", "Energy"), ("Badger <x>", "Otter", "Stoat"), ("Windows", "Linux"))
    page = gaps_page(
        HELD, report, about=("Windows, Linux",), ask="gaps team red", by_sector=True, picture="heatmap gaps team red",
        team=RED, ranked_for=ranked_for, without="gaps everyone team red", command="/attack",
    )  # fmt: skip

    golden("gaps-team-profile", page)


def test_gaps_of_a_team_that_has_no_profile_yet(golden: Golden) -> None:
    report = replace(rank_gaps(HELD, EVIDENCE), rows=(), total=0)

    golden("gaps-strangers", gaps_page(HELD, report, about=(), ask="gaps", strangers=True))


def test_no_gaps(golden: Golden) -> None:
    report = replace(rank_gaps(HELD, EVIDENCE), rows=(), total=0)

    golden("gaps-none", gaps_page(HELD, report, about=(), ask="gaps"))


def test_two_groups(golden: Golden) -> None:
    golden("compare-groups", two_groups(compare_groups(HELD, BADGER, OTTER), held=True))


def test_a_group_and_us(golden: Golden) -> None:
    golden("compare-us", group_and_us(compare_with_us(HELD, BADGER)))


def test_a_group_and_a_team(golden: Golden) -> None:
    golden("compare-us-team", group_and_us(compare_with_us(HELD, BADGER), team=RED))


def test_two_groups_beside_a_team_s_rules(golden: Golden) -> None:
    golden("compare-groups-team", two_groups(compare_groups(HELD, BADGER, OTTER), held=True, team=RED))


def report() -> ImportReport:
    return ImportReport(
        source="ours <!here>",
        formats=(("sigma", 10), ("elastic", 2)),
        read=20,
        imported=9,
        without_technique=3,
        unknown_ids=tuple(UnknownId(f"T99{number}", 1, "a.yml") for number in range(12)),
        retired_ids=(RetiredId("T9099", "T9001", 2, "b.yml"), RetiredId("T9098", "", 1, "c.yml")),
        rejected=tuple(Rejected(f"bad/<{number}>.yml", "not YAML & *more*\nlines") for number in range(8)),
        passed_over=(Remark("documents", 3, "README.md"),),
        attack=("Enterprise 18.1",),
    )


def test_an_import_shows_every_count_and_hands_over_what_does_not_fit(golden: Golden) -> None:
    reply = import_summary(report(), SourceChange(name="ours", added=9, changed=1, unchanged=2))

    golden("import", reply)
    (file,) = reply.files
    assert file.content.decode() == as_lines(report(), SourceChange(name="ours", added=9, changed=1, unchanged=2))
    assert file.content.count(b"bad/<") == 8
    assert file.content.count(b"T99") == 12


def test_an_import_for_a_team(golden: Golden) -> None:
    short = replace(report(), read=12, unknown_ids=(), retired_ids=(), rejected=())

    golden("import-team", import_summary(short, SourceChange(name="ours", label="blue  & co", added=9)))


def test_sources(golden: Golden) -> None:
    latest = SourceImport(
        name="ours <!here>", label="blue & co", format="sigma", path="/srv/<rules>", imported_at="2026-01-02T03:04:05Z",
        read=20, imported=9, without_technique=3, unknown_ids=1, retired_ids=1, rejected=8,
    )  # fmt: skip

    golden("sources", source_list([Source(latest, 12), Source(SourceImport(name="b"), 1)]))


def test_history(golden: Golden) -> None:
    changes = [SourceChange(name="a", at="2026-01-02T03:04:05Z", gone=True, removed=2), SourceChange(name="a", added=2)]

    golden("sources-history", history_list("a <b>", changes))


def choices(number: int = 12) -> tuple[Choice, ...]:
    words = (Word.ASSUMED, Word.YES, Word.NO, Word.SILENT)
    many = (Choice(f"Log {place:02} <&>", words[place % 4], place, ("Windows",)) for place in range(number))
    return (*many, Choice("x" * 120, Word.ASSUMED, 3), Choice("y" * 190, Word.YES))


def test_what_is_collected(golden: Golden) -> None:
    golden("collect", collected_list(choices(), [("windows/<odd>", 1_200), *((f"odd {n}", 1) for n in range(8))]))


def test_the_form_keeps_slack_s_limits_and_gives_back_what_it_asked() -> None:
    form = collect_form(choices(150), "{}")

    inputs = [block for block in form["blocks"] if block["type"] == "input"]
    shown = [option for block in inputs for option in block["element"]["options"]]
    assert len(form["blocks"]) <= 100
    assert all(0 < len(block["element"]["options"]) <= 10 for block in inputs)
    assert all(len(each["text"]["text"]) <= 75 and len(each["value"]) <= 150 for each in shown)
    assert len({block["block_id"] for block in inputs}) == len(inputs)
    ticked = inputs[0]["element"]["initial_options"]
    state = {"values": {"boxes0": {"boxes0": {"type": "checkboxes", "selected_options": ticked}}}}
    chosen, every = answers_of({**form, "state": state})
    assert chosen == tuple(each["value"] for each in ticked)
    assert every == tuple(each["value"] for each in shown)


def test_the_import_form_asks_for_files_a_name_and_a_team() -> None:
    form = import_form('{"a": 1}')

    assert [block["block_id"] for block in form["blocks"]] == ["file", "name", "label"]
    assert form["private_metadata"] == '{"a": 1}'


def test_the_line_beside_other_answers() -> None:
    assert held_line(of("T9001")).startswith("*Covered by 3 rules*  ")
    assert "&lt;!channel&gt;" in held_line(of("T9001"))
    assert held_line(of("T9001.002")) == "*Gap*  no rule of yours names it; 1 rule switched off"
    assert held_line(of("T9001.002"), 2).endswith("switched off; 2 rules name ids that no loaded release has")
    assert held_line(of("T9666")) == "*Covered by 1 imported score*  Scored (layer)"


def test_a_bar_is_full_only_for_all_and_empty_only_for_none() -> None:
    assert [bar(0, 50), bar(1, 50), bar(49, 50), bar(50, 50), bar(0, 0)] == [
        "▱" * 10, "▰" + "▱" * 9, "▰" * 9 + "▱", "▰" * 10, "▱" * 10,
    ]  # fmt: skip


def test_no_questions_are_no_block() -> None:
    assert also() == ()
