"""Mapping in Slack: typed, pasted, in a form, from a message, a thread, a file; judged, marked and shared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.views.mapping import carried_in
from knowledge.store import Verdict
from tests.bot.listeners.conftest import Slack
from tests.bot.listeners.test_others import event, response_url
from tests.bot.mapped import SayingToolbox

ALERT = "winword.exe started powershell.exe -nop -w hidden -enc on FIN-WS-14 (user: dana, 10.1.2.3)"
TRIGGER = {"trigger_id": "1.2.3"}


PRIVATE = {"container": {"type": "message", "message_ts": "1.5", "is_ephemeral": True}}
"""What Slack sends of a message that one person sees: where it is, not what it says."""


@pytest.fixture
def toolbox(tmp_path: Path) -> SayingToolbox:
    return SayingToolbox(tmp_path)


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


def choose(answer: dict[str, Any], at: int, choice: str) -> dict[str, Any]:
    """The action that choosing from the menu of a line sends."""
    block = [each for each in answer["blocks"] if each.get("accessory", {}).get("type") == "overflow"][at]
    (option,) = [each for each in block["accessory"]["options"] if each["value"].startswith(f"{choice}|")]
    return {
        "type": "overflow",
        "action_id": block["accessory"]["action_id"],
        "block_id": block["block_id"],
        "selected_option": option,
    }


def button(answer: dict[str, Any], action_id: str) -> dict[str, Any]:
    """The action that pressing a button sends."""
    every = [(block, each) for block in answer["blocks"] for each in block.get("elements", ())]
    block, found = next((block, each) for block, each in every if each.get("action_id") == action_id)
    return {"type": "button", "action_id": action_id, "block_id": block.get("block_id", "b"), "value": found["value"]}


def act(slack: Slack, action: dict[str, Any], *, in_message: dict[str, Any] | None = None) -> None:
    """Press a button or choose from a menu, in a private message, or in one that everybody sees."""
    where = {"message": {"ts": "1.5", "thread_ts": "1.0", "blocks": in_message["blocks"]}} if in_message else PRIVATE
    body = {
        "type": "block_actions",
        "user": {"id": "U0DANA"},
        "team": {"id": "T1"},
        "channel": {"id": "C1"},
        "actions": [action],
    }
    slack.send("interactive", {"container": {"type": "message"}, **body, **where, **TRIGGER, **response_url(slack)})


def asked(slack: Slack) -> dict[str, Any]:
    """The private answer to ``/attack map``."""
    slack.send("slash_commands", command(slack, f"map {ALERT}"))
    return slack.did("response_url")[0]


def mentioned(slack: Slack) -> dict[str, Any]:
    """The answer to a mention, which everybody sees."""
    slack.send("events_api", event("app_mention", text=f"<@U0BOT> {ALERT}"))
    return slack.did("chat.postMessage")[0]


def texts(answer: dict[str, Any]) -> list[str]:
    """What stands in each section."""
    return [block["text"]["text"] for block in answer["blocks"] if block["type"] == "section"]


def test_an_alert_after_the_verb_is_mapped_with_its_words(slack: Slack) -> None:
    slack.send("slash_commands", command(slack, f"map {ALERT}"))

    (answer,) = slack.did("response_url")
    assert answer["response_type"] == "ephemeral"
    assert "T1059.001" in answer["text"]
    assert "powershell.exe" in json.dumps(answer["blocks"])
    labels = [each["text"]["text"] for each in answer["blocks"][-1]["elements"]]
    assert labels == ["Share in channel", "Something else…"]


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


@pytest.mark.parametrize(
    ("sent", "mapped"),
    [
        (
            "&lt;Event&gt;&lt;Data&gt;powershell.exe &amp;&amp; x&lt;/Data&gt;&lt;/Event&gt;",
            "<Event><Data>powershell.exe && x</Data></Event>",
        ),
        (
            '{"cmd": "powershell.exe", "url": "<https://evil.example/a|https://evil.example/a>"}',
            '{"cmd": "powershell.exe", "url": "https://evil.example/a"}',
        ),
        ("powershell -enc from <mailto:dana@corp.example|dana@corp.example>", "powershell -enc from dana@corp.example"),
        ("first line of powershell\nsecond line", "first line of powershell\nsecond line"),
    ],
)
def test_a_paste_is_mapped_as_it_was_typed_wherever_it_is_pasted(
    slack: Slack, toolbox: SayingToolbox, sent: str, mapped: str
) -> None:
    slack.send("slash_commands", command(slack, sent))
    slack.send("events_api", event("app_mention", "Ev1", text=f"<@U0BOT> {sent}"))
    slack.send("events_api", event("message", "Ev2", text=sent, channel_type="im"))
    slack.did("response_url")
    posted = slack.did("chat.postMessage", count=2)

    assert toolbox.mapped == [mapped] * 3
    assert all("T1059.001" in each["text"] for each in posted)


def test_a_question_is_looked_up_wherever_it_is_asked(slack: Slack, toolbox: SayingToolbox) -> None:
    slack.send("slash_commands", command(slack, "powershell"))
    slack.send("events_api", event("app_mention", text="<@U0BOT> how do I detect phishing"))
    slack.did("chat.postMessage")

    assert toolbox.mapped == []


def test_what_is_not_recognised_is_no_all_clear_and_asks_what_it_was(slack: Slack) -> None:
    slack.send("slash_commands", command(slack, "map The cake in the kitchen is for everyone"))
    answer = slack.did("response_url")[0]

    assert "does not mean it is harmless" in answer["text"]
    assert [each["text"]["text"] for each in answer["blocks"][-1]["elements"]] == [
        "Share in channel",
        "Say what it was…",
    ]


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_verdict_is_kept_masked_and_marked_in_the_private_message(
    slack: Slack, toolbox: SayingToolbox, verdict: Verdict
) -> None:
    answer = asked(slack)
    act(slack, choose(answer, 0, verdict.value))
    said = slack.did("chat.postEphemeral")[0]
    marked = slack.did("response_url", count=2)[1]

    (kept,) = toolbox.store.confirmations("T1")
    assert (kept.technique_id, kept.verdict, kept.user) == ("T1059.001", verdict, "U0DANA")
    assert "powershell.exe" in kept.text
    for secret in ("dana", "10.1.2.3", "FIN-WS-14"):
        assert secret not in kept.text
    assert "Kept: T1059.001" in said["text"]
    assert (marked["replace_original"], marked["response_type"]) == (True, "ephemeral")
    words = "✓ confirmed by <@U0DANA>, 24 Nov 2026" if verdict is Verdict.RIGHT else "✗ wrong, says <@U0DANA>"
    assert words in texts(marked)[1]
    assert "91 %" in texts(marked)[1]
    assert texts(marked)[2] == texts(answer)[2]


def test_a_verdict_on_a_message_that_everybody_sees_marks_it_and_keeps_what_others_marked(slack: Slack) -> None:
    answer = mentioned(slack)
    act(slack, choose(answer, 0, "right"), in_message=answer)
    first = slack.did("response_url")[0]
    act(slack, choose(first, 1, "wrong"), in_message=first)
    second = slack.did("response_url", count=2)[1]

    assert "response_type" not in second
    assert "✓ confirmed by <@U0DANA>" in texts(second)[1]
    assert "✗ wrong, says <@U0DANA>" in texts(second)[2]
    assert not any(each["action_id"] == "share" for each in second["blocks"][-1]["elements"])


def test_a_verdict_in_a_private_message_counts_after_a_restart(slack: Slack, toolbox: SayingToolbox) -> None:
    answer = asked(slack)
    toolbox.shown.__init__()  # type: ignore[misc]
    act(slack, choose(answer, 0, "right"))
    slack.did("chat.postEphemeral")

    assert [kept.technique_id for kept in toolbox.store.confirmations("T1")] == ["T1059.001"]
    assert len(slack.did("response_url")) == 1


def test_a_card_is_opened_from_the_menu(slack: Slack) -> None:
    answer = asked(slack)
    act(slack, choose(answer, 0, "open"))
    card = slack.did("response_url", count=2)[1]

    assert card["replace_original"] is False
    assert "Command and Scripting Interpreter: PowerShell" in card["text"]


@pytest.mark.parametrize("everybody", [False, True])
def test_it_was_something_else(slack: Slack, toolbox: SayingToolbox, *, everybody: bool) -> None:
    answer = mentioned(slack) if everybody else asked(slack)
    act(slack, choose(answer, 0, "else"), in_message=answer if everybody else None)
    view = slack.did("views.open")[0]["view"]
    refused = slack.send("interactive", submission(view, {"named": {"value": "zzzz qqqq"}}))
    slack.send("interactive", submission(view, {"named": {"value": "phishing"}}))
    slack.did("chat.postEphemeral")
    marked = slack.did("response_url", count=1 if everybody else 2)[-1]

    assert json.loads(refused.body)["response_action"] == "errors"
    said = {kept.technique_id: kept.verdict for kept in toolbox.store.confirmations("T1")}
    assert said == {"T1059.001": Verdict.WRONG, "T1566": Verdict.RIGHT}
    assert "✗ wrong, says <@U0DANA>" in texts(marked)[1]
    assert "It was" in texts(marked)[-1]
    assert "T1566 Phishing" in texts(marked)[-1]


def test_what_it_was_can_be_said_where_nothing_was_recognised(slack: Slack, toolbox: SayingToolbox) -> None:
    slack.send("slash_commands", command(slack, "map The cake in the kitchen on FIN-WS-14 is for everyone"))
    act(slack, button(slack.did("response_url")[0], "mapping:else"))
    view = slack.did("views.open")[0]["view"]
    slack.send("interactive", submission(view, {"named": {"value": "T1566"}}))
    slack.did("chat.postEphemeral")

    (kept,) = toolbox.store.confirmations("T1")
    assert (kept.technique_id, kept.verdict) == ("T1566", Verdict.RIGHT)
    assert "cake" in kept.text
    assert "FIN-WS-14" not in json.dumps(view)
    assert "T1566 Phishing" in texts(slack.did("response_url", count=2)[1])[-1]


def test_a_shared_answer_is_the_card_that_was_seen_with_its_marks_and_without_menus(
    slack: Slack, toolbox: SayingToolbox
) -> None:
    act(slack, choose(asked(slack), 1, "right"))
    seen = slack.did("response_url", count=2)[1]
    act(slack, button(seen, "share"))
    shared = slack.did("response_url", count=3)[2]

    assert toolbox.mapped == [ALERT]
    assert shared["response_type"] == "in_channel"
    assert texts(shared) == texts(seen)
    assert "Shared by <@U0DANA>" in json.dumps(shared["blocks"])
    assert "accessory" not in json.dumps(shared["blocks"])
    assert carried_in(shared) is None


@pytest.mark.parametrize(
    "action",
    [
        {"type": "button", "action_id": "judge:right:0", "block_id": "b", "value": "T1059|words"},
        {"type": "button", "action_id": "mapping:else", "block_id": "b", "value": "mapped|nonsense"},
        {
            "type": "overflow",
            "action_id": "mapping:line:0",
            "block_id": "b",
            "selected_option": {"value": "right|0|T1"},
        },
        {
            "type": "overflow",
            "action_id": "mapping:line:0",
            "block_id": "line-0-ab-!",
            "selected_option": {"value": ""},
        },
    ],
)
def test_what_older_messages_and_forgers_send_is_answered(
    slack: Slack, toolbox: SayingToolbox, action: dict[str, Any]
) -> None:
    act(slack, action)

    assert "too old" in slack.did("chat.postEphemeral")[0]["text"]
    assert toolbox.store.workspaces() == ()


def test_nothing_is_kept_unless_somebody_judges(slack: Slack, toolbox: SayingToolbox) -> None:
    asked(slack)

    assert toolbox.store.workspaces() == ()


def test_confirmations_are_listed_exported_and_erased(slack: Slack, toolbox: SayingToolbox) -> None:
    slack.answers["conversations.open"] = {"channel": {"id": "D1"}}
    slack.answers["files.getUploadURLExternal"] = {"upload_url": f"{slack.url}/upload", "file_id": "F1"}
    act(slack, choose(asked(slack), 0, "right"))
    slack.did("response_url", count=2)
    slack.did("chat.postEphemeral")
    for at, text in enumerate(("confirmations", "confirmations export", "confirmations erase all"), start=3):
        slack.send("slash_commands", command(slack, text))
        slack.did("response_url", count=at)
    listed, exported, erased = slack.did("response_url", count=5)[2:]

    assert "T1059.001" in json.dumps(listed["blocks"])
    assert "1 confirmation, one JSON object a line" in exported["text"]
    assert slack.did("files.completeUploadExternal")[0]["channel_id"] == "D1"
    assert "1 confirmation erased" in erased["text"]
    assert toolbox.store.confirmations("T1") == ()
