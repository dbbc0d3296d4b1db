"""Mentions, direct messages, buttons, the home tab, links."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.listeners.entities import typed
from tests.bot.listeners.conftest import Slack


def event(kind: str, event_id: str = "Ev1", **fields: Any) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "event_id": event_id,
        "team_id": "T1",
        "authorizations": [{"user_id": "U0BOT", "is_bot": True}],
        "event": {"type": kind, "user": "U0DANA", "channel": "C1", "ts": "1.5", **fields},
    }


def press(action_id: str, value: str, *, private: bool) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "user": {"id": "U0DANA"},
        "team": {"id": "T1"},
        "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": "1.5", "is_ephemeral": private},
        "message": {"ts": "1.5", "thread_ts": "1.0"},
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value}],
    }


def test_a_mention_is_answered_in_the_thread_it_stands_in(slack: Slack) -> None:
    slack.send("events_api", event("app_mention", text="<@U0BOT> T1566", thread_ts="1.2"))

    (posted,) = slack.did("chat.postMessage")
    assert posted["thread_ts"] == "1.2"
    assert "T1566" in posted["text"]
    assert '"share"' not in json.dumps(posted["blocks"])


def test_a_mention_outside_a_thread_starts_one(slack: Slack) -> None:
    slack.send("events_api", event("app_mention", text="<@U0BOT> phishing"))

    assert slack.did("chat.postMessage")[0]["thread_ts"] == "1.5"


def test_an_event_that_comes_again_gets_one_answer(slack: Slack) -> None:
    for event_id in ("Ev1", "Ev1", "Ev2"):
        slack.send("events_api", event("app_mention", event_id, text="<@U0BOT> T1566"))

    assert len(slack.did("chat.postMessage", count=2)) == 2


def test_a_direct_message_is_a_question_and_the_bots_own_words_are_not(slack: Slack) -> None:
    slack.send("events_api", event("message", "Ev1", text="T1059", channel_type="im", bot_id="B0BOT"))
    slack.send("events_api", event("message", "Ev2", text="T1566", channel_type="channel"))
    slack.send("events_api", event("message", "Ev3", text="T1059.001", channel_type="im"))

    assert ["T1059.001" in posted["text"] for posted in slack.did("chat.postMessage")] == [True]


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("<@U0BOT> pass the hash", "pass the hash"),
        ("<@U0BOT|attack> wmi &lt;b&gt; &amp; co", "wmi <b> & co"),
        ("<https://attack.mitre.org/techniques/T1059/001/>", "https://attack.mitre.org/techniques/T1059/001/"),
        ("see <https://attack.mitre.org/groups/G0016|G0016>", "see G0016"),
        ("<!channel> <@U999> <#C1|general> dcsync", "general dcsync"),
    ],
)
def test_slacks_entities_become_what_was_meant(sent: str, meant: str) -> None:
    assert " ".join(typed(sent, "U0BOT").split()) == meant


def test_a_button_on_a_private_card_turns_its_page(slack: Slack) -> None:
    slack.send("interactive", press("card:procedures", "T1059.001|procedures|0", private=True) | response_url(slack))

    (answer,) = slack.did("response_url")
    assert answer["replace_original"] is True
    assert "APT29 has used PowerShell." in json.dumps(answer["blocks"])


def test_a_button_on_a_card_others_read_gives_whoever_pressed_a_copy(slack: Slack) -> None:
    slack.send("interactive", press("card:mitigations", "T1059.001|mitigations|0", private=False) | response_url(slack))

    (answer,) = slack.did("chat.postEphemeral")
    assert (answer["user"], answer["thread_ts"]) == ("U0DANA", "1.0")
    assert "Disable PowerShell" in json.dumps(answer["blocks"])


def test_sharing_posts_to_the_channel_and_takes_the_private_card_away(slack: Slack) -> None:
    slack.send("interactive", press("share", "T1566|overview|0", private=True) | response_url(slack))

    shared, deleted = slack.did("response_url", count=2)
    assert shared["response_type"] == "in_channel"
    assert "<@U0DANA>" in json.dumps(shared["blocks"])
    assert '"share"' not in json.dumps(shared["blocks"])
    assert deleted["delete_original"] is True


@pytest.mark.parametrize(
    "value", ["T9999|overview|0", "||", "T1566|nonsense|-4", "T1566|overview|99999999999", "x" * 2000]
)
def test_a_forged_button_value_is_answered_all_the_same(slack: Slack, value: str) -> None:
    slack.send("interactive", press("card:overview", value, private=True) | response_url(slack))

    assert "went wrong" not in slack.did("response_url")[0]["text"]


def test_the_home_tab_tells_what_is_loaded(slack: Slack) -> None:
    slack.send("events_api", event("app_home_opened", tab="home"))

    view = slack.did("views.publish")[0]["view"]
    assert view["type"] == "home"
    assert "Enterprise 18.1" in json.dumps(view)


def test_a_pasted_link_to_attack_gets_its_card(slack: Slack) -> None:
    url = "https://attack.mitre.org/techniques/T1059/001/"
    slack.send("events_api", event("link_shared", message_ts="1.5", links=[{"url": url, "domain": "attack.mitre.org"}]))

    assert "PowerShell" in json.dumps(slack.did("chat.unfurl")[0]["unfurls"][url])


def response_url(slack: Slack) -> dict[str, str]:
    return {"response_url": f"{slack.url}/response_url"}
