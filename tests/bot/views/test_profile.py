"""Who the team is: told and asked for, against golden files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.views.profile import Profile, RankedFor, profile_page
from bot.views.profile_form import profile_answers, profile_form, refused
from bot.views.reply import Reply
from knowledge.model import Group
from tests.bot.views.builders import catalog

Golden = Callable[[str, Reply | dict[str, Any]], None]
BADGER, OTTER = (group for group in catalog().objects() if isinstance(group, Group) and group.id in ("G9001", "G9002"))
PROFILE = Profile(
    sectors=(("Finance", 16), ("Legal", 1)),
    groups=(BADGER, OTTER),
    unknown=("G9999",),
    platforms=("Windows", "Plat <form> & co"),
    leads_to=18,
    by="U0DANA",
    at="2026-01-02T03:04:05+00:00",
)
EMPTY = Profile()


def test_a_profile(golden: Golden) -> None:
    golden("profile", profile_page(PROFILE, command="/attack", said="Kept; gaps are ranked with it from now on."))


def test_no_profile(golden: Golden) -> None:
    golden("profile-none", profile_page(EMPTY, command="/attack"))


def test_a_profile_that_leads_nowhere(golden: Golden) -> None:
    golden("profile-unknown", profile_page(Profile(unknown=("G9999",), by="not <an> id", at="2026"), command="/attack"))


def test_a_long_one_keeps_slack_s_limits(golden: Golden) -> None:
    many = tuple(replace(OTTER, id=f"G{number:04}") for number in range(176))

    golden("profile-long", profile_page(replace(PROFILE, groups=many, leads_to=180), command="/attack"))


def test_what_a_ranking_rests_on_is_one_plain_sentence() -> None:
    assert RankedFor(("Finance",), ("APT29",), ("Windows", "Linux")).said == (
        "Ranked for your team's profile: Finance, APT29; only what may run on Windows, Linux."
    )
    assert RankedFor((), tuple("abcdef")).words == "a, b, c, d and 2 more"
    assert RankedFor((), (), ("Linux",)).words == "only what may run on Linux"
    assert not RankedFor()


def inputs_of(form: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {block["block_id"]: block["element"] for block in form["blocks"] if block["type"] == "input"}


def test_the_form_offers_everything_with_the_profile_chosen_and_gives_it_back() -> None:
    sectors = ("Energy", "Finance", *(f"Sector {number}" for number in range(9)), "Legal")
    form = profile_form(PROFILE, sectors=sectors, platforms=("macOS", "Windows"), metadata="{}")
    inputs = inputs_of(form)

    assert list(inputs) == ["groups", "sectors0", "sectors1", "platforms0"]
    assert [each["value"] for each in inputs["platforms0"]["options"]] == ["Windows", "Plat <form> & co", "macOS"]
    assert inputs["groups"]["initial_value"] == f"{BADGER.name}, {OTTER.name}, G9999"
    values = {
        "groups": {"groups": {"value": " apt29,\n fin7 "}},
        "sectors0": {"sectors0": {"selected_options": inputs["sectors0"]["initial_options"]}},
        "sectors1": {"sectors1": {"selected_options": inputs["sectors1"]["initial_options"]}},
        "platforms0": {"platforms0": {"selected_options": []}},
    }
    assert profile_answers({"state": {"values": values}}) == {
        "sectors": "Finance, Legal", "groups": "apt29, fin7", "platforms": "",
    }  # fmt: skip
    for about in ("groups", "sectors", "platforms"):
        assert set(refused(about, "x")["errors"]) <= set(inputs)


def test_the_form_keeps_slack_s_limits() -> None:
    many = tuple(replace(OTTER, name="Otter " + "x" * 40) for _ in range(176))
    form = profile_form(
        replace(PROFILE, groups=many),
        sectors=(f"Sector {number}" for number in range(150)),
        platforms=("x" * 90, *(f"Platform {number}" for number in range(300))),
        metadata="{}",
    )
    empty = profile_form(EMPTY, sectors=("Finance",), platforms=(), metadata="{}")

    assert len(form["blocks"]) <= 100
    for element in inputs_of(form).values():
        assert len(element.get("options", ())) <= 10
        assert all(len(each["value"]) <= 75 for each in element.get("options", ()))
        assert len(element.get("initial_value", "")) <= 3_000
    assert list(inputs_of(empty)) == ["groups", "sectors0"]
    assert all("initial_options" not in element for element in inputs_of(empty).values())
