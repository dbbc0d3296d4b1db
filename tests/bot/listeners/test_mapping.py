"""Mapping in Slack: typed, pasted into a form, from a message, a thread, a file; and judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.commands.toolbox import Toolbox
from knowledge.library import Library
from knowledge.mapping import open_mapper
from knowledge.mapping.teams import TeamMappers
from knowledge.model import Domain
from knowledge.store import Verdict, open_store
from knowledge.sync import fill_gaps
from tests.bot.listeners.conftest import Slack
from tests.bot.listeners.test_others import event, press, response_url

ALERT = "winword.exe started powershell.exe -nop -w hidden -enc on FIN-WS-14 (user: dana, 10.1.2.3)"
TRIGGER = {"trigger_id": "1.2.3"}


@pytest.fixture(scope="session")
def snapshot_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the embedded snapshot and its mapping index: what a first start has."""
    home = tmp_path_factory.mktemp("snapshot")
    library = Library(home / "releases")
    fill_gaps(library, [Domain.ENTERPRISE])
    open_mapper(library.catalog(), home / "mapping")
    return home


@pytest.fixture
def toolbox(snapshot_home: Path, tmp_path: Path) -> Toolbox:
    store = open_store("tinydb", tmp_path / "store")
    return Toolbox(Library(snapshot_home / "releases"), store, TeamMappers(snapshot_home / "mapping", store))


def command(slack: Slack, text: str) -> dict[str, Any]:
    body = {
        "type": "slash_commands",
        "command": "/attack",
        "text": text,
        "team_id": "T1",
        "user_id": "U0DANA",
        "channel_id": "C1",
        "response_url": f"{slack.url}/response_url",
    }
    return body | TRIGGER


def submission(view: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    state = {"values": {name: {name: value} for name, value in values.items()}}
    sent = {**view, "id": "V1", "state": state, "hash": "h"}
    return {"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U0DANA"}, "view": sent}


def buttons(message: dict[str, Any], verdict: str) -> list[dict[str, Any]]:
    every = [element for block in message["blocks"] for element in block.get("elements", ())]
    return [each for each in every if each.get("action_id", "").startswith(f"judge:{verdict}")]


def test_an_alert_after_the_verb_is_mapped_with_its_words(slack: Slack) -> None:
    slack.send("slash_commands", command(slack, f"map {ALERT}"))

    (answer,) = slack.did("response_url")
    assert answer["response_type"] == "ephemeral"
    assert "T1059.001" in answer["text"]
    assert "powershell.exe" in json.dumps(answer["blocks"])
    assert buttons(answer, "right")


def test_an_alert_may_begin_on_the_next_line(slack: Slack) -> None:
    slack.send("slash_commands", command(slack, f"map\n{ALERT}"))

    assert "T1059.001" in slack.did("response_url")[0]["text"]


def test_the_verb_alone_opens_a_form_whose_answer_goes_to_its_channel(slack: Slack) -> None:
    slack.send("slash_commands", command(slack, "map"))
    view = slack.did("views.open")[0]["view"]
    filled = {"text": {"value": ALERT}, "domain": {"selected_option": {"value": "enterprise"}}}
    slack.send("interactive", submission(view, filled))

    (answer,) = slack.did("chat.postEphemeral")
    assert (answer["channel"], answer["user"]) == ("C1", "U0DANA")
    assert "T1059.001" in answer["text"]


def test_an_empty_form_is_told_so_in_the_form(slack: Slack) -> None:
    slack.send("slash_commands", command(slack, "map"))
    view = slack.did("views.open")[0]["view"]
    filled = {"text": {"value": None}, "domain": {"selected_option": {"value": "auto"}}}
    response = slack.send("interactive", submission(view, filled))

    assert json.loads(response.body)["response_action"] == "errors"


def test_the_shortcut_answers_in_the_thread_of_any_apps_message(slack: Slack) -> None:
    message = {"ts": "9.1", "bot_id": "B0EDR", "attachments": [{"title": "EDR", "text": ALERT}]}
    body = {
        "type": "message_action",
        "callback_id": "map_to_attack",
        "team": {"id": "T1"},
        "user": {"id": "U0DANA"},
        "channel": {"id": "C1"},
        "message": message,
    }
    slack.send("interactive", body | TRIGGER | response_url(slack))

    (answer,) = slack.did("chat.postMessage")
    assert answer["thread_ts"] == "9.1"
    assert "T1059.001" in answer["text"]


def test_a_mention_in_a_thread_maps_the_thread_but_not_the_bots_own_words(slack: Slack) -> None:
    slack.answers["conversations.replies"] = {
        "messages": [
            {"ts": "1.0", "user": "U0LEE", "text": ALERT},
            {"ts": "1.1", "user": "U0BOT", "text": "T1566 Phishing"},
            {"ts": "1.5", "user": "U0DANA", "text": "<@U0BOT> map"},
        ]
    }
    slack.send("events_api", event("app_mention", text="<@U0BOT> map", thread_ts="1.0"))

    (answer,) = slack.did("chat.postMessage")
    assert "T1059.001" in answer["text"]
    assert "T1566" not in answer["text"]


def test_a_file_is_read_from_slack_and_from_nowhere_else(slack: Slack) -> None:
    slack.answers["alert.txt"] = {"_raw": ALERT}
    slack.send("slash_commands", command(slack, "map"))
    view = slack.did("views.open")[0]["view"]
    for url in (f"{slack.url}/files/alert.txt", "https://evil.example/alert.txt"):
        file = {"name": "alert.txt", "size": 90, "url_private": url}
        filled = {"text": {"value": ""}, "domain": {"selected_option": {"value": "auto"}}, "file": {"files": [file]}}
        slack.send("interactive", submission(view, filled))
        slack.did("chat.postEphemeral")

    read, refused = slack.did("chat.postEphemeral", count=2)
    assert "T1059.001" in read["text"]
    assert "no address of its own" in refused["text"]


def test_what_is_no_behaviour_is_told_so(slack: Slack) -> None:
    slack.send("slash_commands", command(slack, "map The cake in the kitchen is for everyone, help yourselves"))

    assert "adversary behaviour" in slack.did("response_url")[0]["text"]


def test_a_list_of_indicators_is_told_to_be_one(slack: Slack) -> None:
    slack.send("slash_commands", command(slack, "map 8.8.4.4\n44d88612fea8a8f36de82e1278abb02f\nevil[.]example"))

    assert "Indicators are not techniques" in slack.did("response_url")[0]["text"]


@pytest.mark.parametrize("verdict", ["right", "wrong"])
def test_a_judgement_is_kept_masked(slack: Slack, toolbox: Toolbox, verdict: str) -> None:
    slack.send("slash_commands", command(slack, f"map {ALERT}"))
    button = buttons(slack.did("response_url")[0], verdict)[0]
    slack.send("interactive", press(button["action_id"], button["value"], private=True) | response_url(slack))
    slack.did("chat.postEphemeral")

    (kept,) = toolbox.store.confirmations("T1")
    assert (kept.technique_id, kept.verdict, kept.user) == ("T1059.001", Verdict(verdict), "U0DANA")
    assert "powershell.exe" in kept.text
    for secret in ("dana", "10.1.2.3", "FIN-WS-14"):
        assert secret not in kept.text


def test_another_technique_is_named_in_a_form(slack: Slack, toolbox: Toolbox) -> None:
    slack.send("slash_commands", command(slack, f"map {ALERT}"))
    button = buttons(slack.did("response_url")[0], "another")[0]
    pressed = press(button["action_id"], button["value"], private=True) | TRIGGER | response_url(slack)
    slack.send("interactive", pressed)
    view = slack.did("views.open")[0]["view"]
    refused = slack.send("interactive", submission(view, {"named": {"value": "zzzz qqqq"}}))
    slack.send("interactive", submission(view, {"named": {"value": "phishing"}}))
    slack.did("chat.postEphemeral")

    assert json.loads(refused.body)["response_action"] == "errors"
    said = {kept.technique_id: kept.verdict for kept in toolbox.store.confirmations("T1")}
    assert said == {"T1059.001": Verdict.WRONG, "T1566": Verdict.RIGHT}


def test_nothing_is_kept_unless_somebody_judges(slack: Slack, toolbox: Toolbox) -> None:
    slack.send("slash_commands", command(slack, f"map {ALERT}"))
    slack.did("response_url")

    assert toolbox.store.workspaces() == ()


def test_confirmations_are_listed_exported_and_erased(slack: Slack, toolbox: Toolbox) -> None:
    slack.answers["conversations.open"] = {"channel": {"id": "D1"}}
    slack.answers["files.getUploadURLExternal"] = {"upload_url": f"{slack.url}/upload", "file_id": "F1"}
    slack.send("slash_commands", command(slack, f"map {ALERT}"))
    button = buttons(slack.did("response_url")[0], "right")[0]
    slack.send("interactive", press(button["action_id"], button["value"], private=True) | response_url(slack))
    slack.did("chat.postEphemeral")
    for text in ("confirmations", "confirmations export", "confirmations erase all"):
        slack.send("slash_commands", command(slack, text))
        slack.did("response_url", count=len(slack.did("response_url")))
    listed, exported, erased = slack.did("response_url", count=4)[1:]

    assert "T1059.001" in json.dumps(listed["blocks"])
    assert "1 confirmation, one JSON object a line" in exported["text"]
    assert slack.did("files.completeUploadExternal")[0]["channel_id"] == "D1"
    assert "1 confirmation erased" in erased["text"]
    assert toolbox.store.confirmations("T1") == ()


def test_a_shared_answer_is_mapped_from_what_the_button_carries(slack: Slack) -> None:
    slack.send("slash_commands", command(slack, f"map {ALERT}"))
    answer = slack.did("response_url")[0]
    every = [element for block in answer["blocks"] for element in block.get("elements", ())]
    share = next(each for each in every if each.get("action_id") == "share")
    slack.send("interactive", press("share", share["value"], private=True) | response_url(slack))

    shared = slack.did("response_url", count=2)[1]
    assert shared["response_type"] == "in_channel"
    assert "T1059.001" in shared["text"]
    assert not buttons(shared, "right")
