"""Who the team is, and gaps ranked for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands.carried import again
from bot.commands.ranking import gap_question, ranked_gaps
from bot.commands.request import Request
from bot.commands.table import perform
from bot.commands.toolbox import Toolbox
from bot.views.terminal import as_text
from knowledge.errors import KnowledgeError
from knowledge.library import Library
from knowledge.model import Domain, Release
from knowledge.store import TeamProfile
from tests.builders import technique, toolbox_over
from tests.knowledge.coverage.building import release
from tests.team import team_toolbox


@pytest.fixture
def toolbox(tmp_path: Path) -> Toolbox:
    return team_toolbox(tmp_path)


def shown(text: str, toolbox: Toolbox) -> str:
    return as_text(perform(Request(text, user="U1"), toolbox), width=10_000)


def kept(toolbox: Toolbox) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    profile = toolbox.store.profile("local")
    return profile.sectors, profile.groups, profile.platforms


def ids(words: str, toolbox: Toolbox) -> list[str]:
    found = ranked_gaps(gap_question(words, toolbox, "local"), toolbox, "local")
    return [row.coverage.technique.id for row in found.report.rows]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("sector banking", (("Finance",), (), ())),
        ("sectors oil and gas", (("Energy",), (), ())),
        ("sector finance, education and research", (("Finance", "Education and research"), (), ())),
        ("group apt29, cozy bear and fin7", ((), ("G0016", "G0046"), ())),
        ("platform WINDOWS, linux", ((), (), ("Windows", "Linux"))),
        ("sector finance group fin7 platform linux", (("Finance",), ("G0046",), ("Linux",))),
        ("finance, apt29, windows", (("Finance",), ("G0016",), ("Windows",))),
        ("finance, government platform windows", (("Finance", "Government"), (), ("Windows",))),
    ],
)
def test_it_is_said_in_words(words: str, expected: tuple[tuple[str, ...], ...], toolbox: Toolbox) -> None:
    text = shown(f"profile {words}", toolbox)

    assert kept(toolbox) == expected
    assert "Kept; gaps are ranked with it from now on." in text
    assert "Last changed by @U1 on " in text


def test_a_part_that_is_said_takes_the_place_of_what_it_said_and_the_others_stay(toolbox: Toolbox) -> None:
    shown("profile sector finance group apt29 platform windows", toolbox)
    shown("profile sector energy", toolbox)
    assert kept(toolbox) == (("Energy",), ("G0016",), ("Windows",))

    shown("profile group none", toolbox)
    assert kept(toolbox) == (("Energy",), (), ("Windows",))
    shown("profile clear platforms", toolbox)
    assert kept(toolbox) == (("Energy",), (), ())
    assert "Nothing is said yet." in shown("profile clear", toolbox)
    assert kept(toolbox) == ((), (), ())


def test_the_same_again_changes_nothing(toolbox: Toolbox) -> None:
    shown("profile group fin7", toolbox)
    before = toolbox.store.profile("local")

    assert "Nothing changed." in shown("profile groups FIN7", toolbox)
    assert toolbox.store.profile("local") == before


def test_it_is_told_with_what_comes_of_it(toolbox: Toolbox) -> None:
    assert "Nothing is said yet." in shown("profile", toolbox)
    shown("profile group apt29, fin7 platform linux", toolbox)
    text = shown("profile", toolbox)

    assert "Groups you watch  G0016 APT29, G0046 FIN7" in text
    assert "Platforms you run  Linux" in text
    assert (
        "Gaps begin with what the 2 groups behind this use. Techniques for other platforms only are left out." in text
    )
    assert "/attack gaps everyone ranks as if you had none." in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("sector wizardry", 'No sector is called "wizardry"; there are Government, Defence, Finance'),
        ("group nobody at all", 'No group is plainly called "nobody at all"'),
        ("platform toaster", 'No platform is called "toaster"; there are Linux, Windows.'),
        ("platform PRE", 'No platform is called "PRE"'),
        ("banana", '"banana" is no sector, group or platform by itself. It takes sector NAME'),
        ("sector", "Which sector?"),
        ("clear everything", '"everything" is no part of a profile'),
        ("group fin7 platform toaster", 'No platform is called "toaster"'),
    ],
)
def test_what_is_none_is_refused_in_a_sentence_and_changes_nothing(words: str, told: str, toolbox: Toolbox) -> None:
    shown("profile group apt29", toolbox)
    with pytest.raises(KnowledgeError) as refused:
        shown(f"profile {words}", toolbox)

    assert str(refused.value).startswith(told)
    assert kept(toolbox) == ((), ("G0016",), ())


def test_gaps_are_ranked_for_it_and_nothing_is_left_out(tmp_path: Path) -> None:
    toolbox = team_toolbox(tmp_path, imported=False)
    before = ids("", toolbox)
    shown("profile group fin7", toolbox)
    after = ids("", toolbox)
    text = shown("gaps", toolbox)

    assert before.index("T1059.001") < before.index("T1547")
    assert after.index("T1059.001") > after.index("T1547")
    assert set(after) == set(before)
    assert "Ranked for your profile  FIN7  ·  /attack profile changes it, /attack gaps everyone shows all" in text
    assert "used by FIN7, 2 of 2 groups" in text
    assert "used by no relevant group, 1 of 2 groups" in text


def test_platforms_leave_out_what_names_only_others_and_the_reply_says_so(tmp_path: Path) -> None:
    toolbox = team_toolbox(tmp_path)
    base = release()
    before = technique("T1595", "Active Scanning", platforms=("PRE",))
    toolbox.library.add(replace(base, techniques=(*base.techniques, before)))
    assert len(ids("", toolbox)) == 5
    shown("profile platform linux", toolbox)
    text = shown("gaps", toolbox)

    assert sorted(ids("", toolbox)) == ["T1547", "T1595"]
    assert "Gaps · Linux" in text
    assert "Ranked for your profile  only what may run on Linux  ·" in text
    assert sorted(ids("platform windows", toolbox)) == ["T1059", "T1059.003", "T1547", "T1566"]
    assert "Ranked for your profile" not in shown("gaps platform windows", toolbox)


def test_everyone_ranks_as_if_there_were_none(toolbox: Toolbox) -> None:
    before = ids("", toolbox)
    shown("profile group fin7 platform linux", toolbox)

    assert ids("everyone", toolbox) == before
    assert "Gaps · Windows · without your profile" in shown("gaps windows everyone", toolbox)
    assert "Ranked for your profile" not in shown("gaps everyone", toolbox)


def test_the_same_without_the_profile_is_a_button_away(toolbox: Toolbox) -> None:
    shown("profile group fin7", toolbox)
    buttons = perform(Request("gaps windows"), toolbox).blocks[-1]["elements"]

    (without,) = [each["value"] for each in buttons if each["text"]["text"] == "Without our profile"]
    assert "Gaps · Windows · without your profile" in as_text(again(Request(without), toolbox))


@pytest.mark.parametrize("words", ["group apt29", "apt29", "sector finance", "apt29 everyone"])
def test_who_names_a_group_or_a_sector_asks_about_these_alone(words: str, toolbox: Toolbox) -> None:
    before = shown(f"gaps {words}", toolbox)
    shown("profile group fin7 platform linux", toolbox)

    assert shown(f"gaps {words}", toolbox) == before
    assert "profile" not in before


def test_without_a_profile_one_quiet_line_suggests_it(toolbox: Toolbox) -> None:
    assert shown("gaps", toolbox).count("/attack profile") == 1
    assert "/attack profile" not in shown("gaps apt29", toolbox)
    shown("profile group fin7", toolbox)
    assert "Say who you are" not in shown("gaps", toolbox)


def test_pictures_and_tables_of_gaps_are_ranked_alike(toolbox: Toolbox) -> None:
    shown("profile group fin7 platform windows", toolbox)
    (table,) = perform(Request("export gaps as csv"), toolbox).files
    (picture,) = perform(Request("heatmap gaps"), toolbox).files

    rows = table.content.decode().splitlines()[1:]
    assert [row.split(",")[1] for row in rows] == ids("domain enterprise", toolbox)
    assert picture.name == "attack-gaps-windows-enterprise-18.1.png"
    assert picture.alt.startswith("Ranked for your team's profile: FIN7; only what may run on Windows. Gaps against")


def test_a_matrix_that_has_none_of_the_platforms_is_shown_whole_to_who_asks_for_it(toolbox: Toolbox) -> None:
    phone = technique(
        "T1660", "Phishing", platforms=("Android",), domains=(Domain.MOBILE,), tactics=("initial-access",)
    )
    base = release()
    mobile = replace(
        base,
        release=Release(domain=Domain.MOBILE, version="18.1"),
        techniques=(phone,), groups=(), tactics=(), matrices=(), relationships=(), data_components=(),
        detection_strategies=(), analytics=(), software=(), mitigations=(),
    )  # fmt: skip
    toolbox.library.add(mobile)
    shown("profile platform windows", toolbox)

    assert ids("domain mobile", toolbox) == ["T1660"]
    assert "T1660" not in ids("", toolbox)
    assert "T1660" in ids("everyone", toolbox)


def test_what_a_later_release_has_no_word_for_stands_in_nobody_s_way(toolbox: Toolbox) -> None:
    old = TeamProfile(sectors=("Alchemy", "Finance"), groups=("G9999", "G0046"), platforms=("Amiga", "Windows"))
    toolbox.store.save_profile("local", old)

    assert "Ranked for your profile  Finance, FIN7; only what may run on Windows" in shown("gaps", toolbox)
    assert "Groups unknown here  G9999: in no release that is loaded, so not counted" in shown("profile", toolbox)
    shown("profile group g9999, apt29 platform amiga, linux", toolbox)
    assert kept(toolbox) == (("Alchemy", "Finance"), ("G9999", "G0016"), ("Amiga", "Linux"))


def test_without_a_release_it_says_what_to_do(tmp_path: Path) -> None:
    emptied = toolbox_over(Library(tmp_path / "releases"), tmp_path)

    assert "attackbot sync" in shown("profile", emptied)
