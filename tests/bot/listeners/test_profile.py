"""Who the team is, said in a form; a team's coverage, turned and shared."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.commands.toolbox import Toolbox
from knowledge.store import TeamProfile
from tests.bot.listeners.conftest import Slack
from tests.bot.listeners.test_mapping import submission
from tests.bot.listeners.test_others import press
from tests.team import team_toolbox

Slash = Callable[[str], dict[str, Any]]


@pytest.fixture
def toolbox(tmp_path: Path) -> Toolbox:
    return team_toolbox(tmp_path, workspace="T1")


def form(slack: Slack) -> dict[str, Any]:
    pressed = press("profile:form", "profile|form|0", private=True) | {"trigger_id": "1.2.3"}
    assert slack.send("interactive", pressed).status == 200
    return dict(slack.did("views.open")[0]["view"])


def filled(sectors: tuple[str, ...] = (), groups: str = "", platforms: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "groups": {"value": groups or None},
        "sectors0": {"selected_options": [{"value": each} for each in sectors[:1]]},
        "sectors1": {"selected_options": [{"value": each} for each in sectors[1:]]},
        "platforms0": {"selected_options": [{"value": each} for each in platforms]},
    }


def test_the_form_shows_the_profile_and_its_answer_takes_the_profile_s_place(
    slack: Slack, slash: Slash, toolbox: Toolbox
) -> None:
    toolbox.store.save_profile("T1", TeamProfile(sectors=("Finance",), groups=("G0046",), platforms=("Linux",)))
    assert "profile:form" in json.dumps(slash("profile")["blocks"])
    view = form(slack)
    elements = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}

    assert [each["value"] for each in elements["sectors0"]["initial_options"]] == ["Finance"]
    assert elements["groups"]["initial_value"] == "FIN7"
    assert [each["value"] for each in elements["platforms0"]["options"]] == ["Linux", "Windows"]

    slack.send("interactive", submission(view, filled(("Energy", "Retail and food"), "cozy bear, g0046", ("Windows",))))

    answer = slack.did("chat.postEphemeral")[0]
    kept = toolbox.store.profile("T1")
    assert (kept.sectors, kept.groups) == (("Energy", "Retail and food"), ("G0016", "G0046"))
    assert (kept.platforms, kept.by) == (("Windows",), "U0DANA")
    assert "Kept; gaps are ranked with it from now on." in answer["text"]
    assert (answer["channel"], answer["user"]) == ("C1", "U0DANA")


def test_a_group_nobody_knows_is_said_in_the_form_and_nothing_is_kept(slack: Slack, toolbox: Toolbox) -> None:
    view = form(slack)

    refused = slack.send("interactive", submission(view, filled(("Energy",), "zzzz qqqq")))

    assert json.loads(refused.body)["errors"]["groups"].startswith('No group is plainly called "zzzz qqqq"')
    assert toolbox.store.profile("T1") == TeamProfile()


def test_an_empty_form_empties_the_profile(slack: Slack, toolbox: Toolbox) -> None:
    toolbox.store.save_profile("T1", TeamProfile(sectors=("Finance",), groups=("G0046",), platforms=("Linux",)))
    view = form(slack)

    slack.send("interactive", submission(view, filled()))

    assert "Your team's profile: nothing is said yet." in slack.did("chat.postEphemeral")[0]["text"]
    kept = toolbox.store.profile("T1")
    assert (kept.sectors, kept.groups, kept.platforms) == ((), (), ())


def test_gaps_in_slack_are_ranked_for_it(slash: Slash, toolbox: Toolbox) -> None:
    assert "`/attack profile`" in json.dumps(slash("gaps")["blocks"])
    toolbox.store.save_profile("T1", TeamProfile(groups=("G0046",)))

    assert "*Ranked for your profile*  FIN7" in json.dumps(slash("gaps")["blocks"])
