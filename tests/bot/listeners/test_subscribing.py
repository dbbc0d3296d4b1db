"""Subscribing in Slack: typed, by form, listed, ended; and items of a digest ticked off."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.commands.digests import digest_for
from bot.commands.toolbox import Toolbox
from bot.views.digest import digest_message
from knowledge.store import Frequency, Subscription, TaskState, Threshold
from tests import team
from tests.bot.listeners.conftest import Slack
from tests.bot.listeners.test_mapping import command, submission
from tests.bot.listeners.test_others import press
from tests.builders import toolbox as plain_toolbox
from tests.knowledge.changes.releases import after_split, before_split

CHANNELS = {"channels": [{"id": "C1", "name": "incident"}, {"id": "C0SOC12", "name": "soc"}]}


@pytest.fixture
def toolbox(tmp_path: Path) -> Toolbox:
    return team.team_toolbox(tmp_path, workspace="T1")


@pytest.fixture(autouse=True)
def directory(slack: Slack) -> None:
    slack.answers["users.conversations"] = CHANNELS
    slack.answers["users.info"] = {"user": {"id": "U1", "tz": "Asia/Tokyo"}}


def test_words_are_kept_in_the_askers_time_zone(slash: Callable[[str], dict[str, Any]], toolbox: Toolbox) -> None:
    answer = slash("subscribe #soc friday 16:30 act group apt29")

    (kept,) = toolbox.store.subscriptions("T1")
    assert (kept.channel, kept.owner, kept.timezone) == ("C0SOC12", "U1", "Asia/Tokyo")
    assert (kept.frequency, kept.weekday, kept.time) == (Frequency.WEEKLY, 4, "16:30")
    assert (kept.weight, kept.groups) == (Threshold.ACT, ("G0016",))
    assert kept.next_due.endswith("T07:30:00Z")
    assert dict(kept.told) == {"enterprise": "18.1"}
    shown = json.dumps(answer["blocks"])
    assert "weekly on Friday at 16:30 (Asia/Tokyo)" in shown
    assert "only for APT29" in shown


def test_the_same_again_changes_it_and_something_else_is_another_one(slack: Slack, toolbox: Toolbox) -> None:
    for text in ("subscribe weekly", "subscribe daily 07:00", "subscribe T1566 daily"):
        _last(slack, text)

    assert sorted((each.techniques, each.time) for each in toolbox.store.subscriptions("T1")) == [
        ((), "07:00"),
        (("T1566",), "09:00"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("subscribe #general weekly", "I am not in #general: invite me there"),
        ("subscribe banana", "is no day, time"),
        ("unsubscribe", "Nobody is subscribed yet"),
        ("subscriptions", "Nobody is subscribed yet"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    slack: Slack, slash: Callable[[str], dict[str, Any]], toolbox: Toolbox, text: str, said: str
) -> None:
    assert said in json.dumps(slash(text)["blocks"])
    assert toolbox.store.subscriptions("T1") == ()


def test_a_form_is_offered_where_nothing_is_said(slack: Slack, toolbox: Toolbox) -> None:
    slack.send("slash_commands", command(slack, "subscribe"))
    view = slack.did("views.open")[0]["view"]
    zone = next(block for block in view["blocks"] if block["block_id"] == "zone")
    assert zone["element"]["initial_value"] == "Asia/Tokyo"

    filled: dict[str, Any] = {
        "channel": {"selected_conversation": "C0SOC12"},
        "often": {"selected_option": {"value": "monthly"}},
        "day": {"selected_option": {"value": "tuesday"}},
        "time": {"value": "8:15"},
        "zone": {"value": "europe/berlin"},
        "weight": {"selected_option": {"value": "all"}},
        "groups": {"value": "cozy bear, fin7"},
        "platforms": {"value": None},
        "heartbeat": {"selected_options": [{"value": "heartbeat"}]},
    }
    refused = slack.send("interactive", submission(view, filled | {"groups": {"value": "zzzz qqqq"}}))
    slack.send("interactive", submission(view, filled))
    answer = slack.did("chat.postEphemeral")[0]

    assert json.loads(refused.body)["errors"]["groups"].startswith('No group is plainly called "zzzz qqqq"')
    (kept,) = toolbox.store.subscriptions("T1")
    assert (kept.channel, kept.frequency, kept.weekday, kept.time) == ("C0SOC12", Frequency.MONTHLY, 1, "08:15")
    assert (kept.timezone, kept.weight, kept.groups, kept.heartbeat) == (
        "Europe/Berlin",
        Threshold.ALL,
        ("G0016", "G0046"),
        True,
    )
    assert answer["channel"] == "C1"


def test_they_are_listed_with_their_state_and_ended_by_button(
    slack: Slack, slash: Callable[[str], dict[str, Any]], toolbox: Toolbox
) -> None:
    slash("subscribe #soc weekly")
    (kept,) = toolbox.store.subscriptions("T1")
    toolbox.store.pause_subscription("T1", kept.id, "Slack says not_in_channel.")
    listed = json.dumps(_last(slack, "subscriptions"))

    assert "<#C0SOC12>" in listed
    assert "Paused: Slack says" in listed
    assert f"ask|unsubscribe {kept.id}" in listed
    _last(slack, f"unsubscribe {kept.id}")
    assert toolbox.store.subscriptions("T1") == ()


def test_where_several_could_be_meant_they_are_listed(slack: Slack, toolbox: Toolbox) -> None:
    for text in ("subscribe weekly", "subscribe T1566 daily"):
        _last(slack, text)

    assert "Which one?" in json.dumps(_last(slack, "unsubscribe"))
    assert len(toolbox.store.subscriptions("T1")) == 2
    _last(slack, "unsubscribe all")
    assert toolbox.store.subscriptions("T1") == ()


def _last(slack: Slack, text: str) -> dict[str, Any]:
    before = len([1 for name, _ in slack.calls if name == "response_url"])
    slack.send("slash_commands", command(slack, text) | {"user_id": "U1"})
    return slack.did("response_url", count=before + 1)[-1]


class TestItems:
    """Buttons under the items of a digest."""

    @pytest.fixture
    def toolbox(self, tmp_path: Path) -> Toolbox:
        found = plain_toolbox(tmp_path, before_split(), after_split())
        detections = [team.rule("Old Id", "T1562.001"), team.rule("Other", "T1562.002")]
        source = team.SourceImport(name="sigma", imported_at="2026-01-02T03:04:05+00:00", read=2)
        found.store.replace_source("T1", source, detections)
        return found

    @pytest.fixture
    def posted(self, toolbox: Toolbox) -> dict[str, Any]:
        wish = Subscription(id="s", workspace="T1", channel="C1", told=(("enterprise", "18.1"),))
        reply = digest_message(digest_for(wish, toolbox), toolbox.reference().catalog)
        return {"ts": "1.5", "text": reply.text, "blocks": list(reply.blocks)}

    def press(self, slack: Slack, posted: dict[str, Any], kind: str) -> str:
        every = [element for block in posted["blocks"] for element in block.get("elements", ())]
        button = next(each for each in every if each.get("action_id", "").startswith(kind))
        body = press(button["action_id"], button["value"], private=False) | {"trigger_id": "1.2.3"}
        slack.send("interactive", body | {"message": posted})
        return str(button["value"].removeprefix("task|"))

    @pytest.mark.parametrize(
        ("kind", "state", "said"),
        [("task:done", TaskState.DONE, "Done by <@U0DANA>"), ("task:snooze", TaskState.SNOOZED, "Put off until 20")],
    )
    def test_one_press_is_kept_and_shown(
        self, slack: Slack, toolbox: Toolbox, posted: dict[str, Any], kind: str, state: TaskState, said: str
    ) -> None:
        change = self.press(slack, posted, kind)
        (updated,) = slack.did("chat.update")

        (task,) = toolbox.store.tasks("T1")
        assert (task.change_id, task.state, task.by) == (change, state, "U0DANA")
        assert said in json.dumps(updated["blocks"])
        assert len(updated["blocks"]) == len(posted["blocks"])

    def test_an_item_is_handed_to_somebody(self, slack: Slack, toolbox: Toolbox, posted: dict[str, Any]) -> None:
        slack.answers["conversations.history"] = {"messages": [posted]}
        change = self.press(slack, posted, "task:assign")
        view = slack.did("views.open")[0]["view"]
        slack.send("interactive", submission(view, {"who": {"selected_user": "U0LEE"}}))
        (updated,) = slack.did("chat.update")

        (task,) = toolbox.store.tasks("T1")
        assert (task.change_id, task.assignee, task.state) == (change, "U0LEE", TaskState.OPEN)
        assert "assigned to <@U0LEE>" in json.dumps(updated["blocks"])
