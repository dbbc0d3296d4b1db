"""Importing through a form, correcting what is collected, files handed over, questions asked by buttons."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.commands.toolbox import Toolbox
from bot.listeners import import_form
from bot.listeners.files import FileError
from knowledge.store import TeamProfile
from tests.bot.listeners.conftest import Slack
from tests.team import sigma, team_toolbox

PLACE = json.dumps({"channel": "C1", "user": "U1", "thread": ""})
Slash = Callable[[str], dict[str, Any]]


@pytest.fixture
def toolbox(tmp_path: Path) -> Toolbox:
    return team_toolbox(tmp_path, workspace="T1")


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What Slack hands over, by a file's name; a limit is kept as the real one is."""
    content: dict[str, bytes] = {}

    def fetch(client: object, file: dict[str, Any], largest: int) -> bytes:
        raw = content[file["name"]]
        if len(raw) > largest:
            raise FileError(f"{file['name']}: it is too large; up to {largest / 1e6:.0f} MB is read.")
        return raw

    monkeypatch.setattr(import_form, "bytes_of", fetch)
    return content


def submit(callback: str, values: dict[str, Any], **view: Any) -> dict[str, Any]:
    return {
        "type": "view_submission",
        "user": {"id": "U1"},
        "team": {"id": "T1"},
        "view": {
            "id": "V1",
            "type": "modal",
            "callback_id": callback,
            "private_metadata": PLACE,
            "state": {"values": values},
            **view,
        },
    }


def filled(*names: str, name: str = "ours", label: str = "") -> dict[str, Any]:
    return submit(
        "import_detections",
        {
            "file": {
                "file": {"type": "file_input", "files": [{"id": each, "name": each, "size": 1} for each in names]}
            },
            "name": {"name": {"value": name}},
            "label": {"label": {"value": label}},
        },
    )


def press(slack: Slack, action_id: str, value: str, *, private: bool) -> None:
    body = {
        "type": "block_actions",
        "trigger_id": "1.2",
        "user": {"id": "U1"},
        "team": {"id": "T1"},
        "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": "1.5", "is_ephemeral": private},
        "message": {"ts": "1.5"},
        "response_url": f"{slack.url}/response_url",
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value}],
    }
    assert slack.send("interactive", body).status == 200


def test_import_opens_a_form_and_the_form_imports(
    slack: Slack, toolbox: Toolbox, handed_over: dict[str, bytes]
) -> None:
    slack.send(
        "slash_commands",
        {
            "type": "slash_commands", "command": "/attack", "text": "import", "team_id": "T1", "user_id": "U1",
            "channel_id": "C1", "trigger_id": "1.1", "response_url": f"{slack.url}/response_url",
        },
    )  # fmt: skip
    assert slack.did("views.open")[0]["view"]["callback_id"] == "import_detections"

    handed_over.update({"a.yml": sigma("Phish", "t1566").encode(), "b.yml": sigma("Cradle", "t9999", 2).encode()})
    slack.send("interactive", filled("a.yml", "b.yml", label="blue"))

    reading, summary = slack.did("chat.postEphemeral", 2)
    assert "Reading a.yml, b.yml as “ours”" in reading["text"]
    assert "2 documents read: 2 with a technique, 0 without, 0 rejected" in summary["text"]
    assert "T9999" in json.dumps(summary["blocks"])
    assert {each.title for each in toolbox.store.detections("T1", source="ours", label="blue")} == {"Phish", "Cradle"}


def test_an_archive_is_read_by_itself(slack: Slack, toolbox: Toolbox, handed_over: dict[str, bytes]) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("rules/a.yml", sigma("Phish", "t1566"))
    handed_over["rules.zip"] = packed.getvalue()

    slack.send("interactive", filled("rules.zip"))

    slack.did("chat.postEphemeral", 2)
    assert [each.path for each in toolbox.store.detections("T1", source="ours")] == ["rules/a.yml"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("huge.yml", b"x" * 1_000_001, "up to 1 MB is read"),
        ("evil.zip", b"PK\x03\x04 nonsense", "keeps what it held"),
        ("../../etc/passwd.yml", b"title: [", "keeps what it held"),
        (".hidden.yml", b"\xff\xfe\x00", "keeps what it held"),
    ],
)
def test_a_file_that_is_refused_is_told_and_changes_nothing(
    name: str, content: bytes, said: str, slack: Slack, toolbox: Toolbox, handed_over: dict[str, bytes]
) -> None:
    handed_over[name] = content
    before = toolbox.store.detections("T1")

    slack.send("interactive", filled(name, name="sigma"))

    assert said in slack.did("chat.postEphemeral", 2)[1]["text"]
    assert toolbox.store.detections("T1") == before


@pytest.mark.parametrize(("files", "name", "block"), [((), "ours", "file"), (("a.yml",), "  ", "name")])
def test_a_form_that_lacks_something_says_what(files: tuple[str, ...], name: str, block: str, slack: Slack) -> None:
    answer = slack.send("interactive", filled(*files, name=name))

    assert block in json.loads(answer.body)["errors"]


def test_what_is_collected_is_corrected_in_a_form(slack: Slack, slash: Slash, toolbox: Toolbox) -> None:
    assert "collect:form" in json.dumps(slash("collect")["blocks"])
    press(slack, "collect:form", "collect|form|0", private=True)
    view = slack.did("views.open")[0]["view"]
    options = [option for block in view["blocks"][1:] for option in block["element"]["options"]]
    linux = [each for each in options if each["value"] == "Linux processes"]

    state = {"boxes0": {"boxes0": {"type": "checkboxes", "selected_options": linux}}}
    slack.send("interactive", submit("correct_collected", state, blocks=view["blocks"]))

    assert "You collect 1 log source." in slack.did("chat.postEphemeral")[0]["text"]
    kept = {each.name: (each.collected, each.by) for each in toolbox.store.collected("T1")}
    assert kept == {
        "Linux processes": (True, "U1"), "Windows processes": (False, "U1"), "Windows registry": (False, "U1"),
    }  # fmt: skip


def test_a_form_without_a_tick_is_taken_for_a_mistake(slack: Slack, toolbox: Toolbox) -> None:
    answer = slack.send("interactive", submit("correct_collected", {}, blocks=[]))

    assert "boxes0" in json.loads(answer.body)["errors"]
    assert not toolbox.store.collected("T1")


def test_a_page_takes_the_message_s_place_and_a_question_does_not(slack: Slack) -> None:
    press(slack, "ask:next", "ask|coverage T1059.001 page 2", private=True)
    press(slack, "ask:also:0", "ask|gaps group G0016", private=True)

    turned, asked = slack.did("response_url", 2)
    assert turned["replace_original"] is True
    assert "Coverage of T1059.001 Command and Scripting Interpreter: PowerShell" in json.dumps(turned["blocks"])
    assert asked["replace_original"] is False
    assert "Gaps" in asked["text"]


def test_a_picture_goes_to_the_asker_s_own_conversation_and_sharing_posts_it(slack: Slack, slash: Slash) -> None:
    slack.answers["conversations.open"] = {"channel": {"id": "D1"}}
    slack.answers["files.getUploadURLExternal"] = {"upload_url": f"{slack.url}/upload", "file_id": "F1"}
    answer = slash("heatmap")

    assert "in your own conversation with this bot" in json.dumps(answer["blocks"])
    share = answer["blocks"][-1]["elements"][0]
    assert share["value"] == "ask|export as png"
    assert slack.did("conversations.open")[0]["users"] == "U1"
    first = slack.did("files.getUploadURLExternal")[0]
    assert first["filename"].endswith(".png")
    assert "Coverage of ATT&CK" in first["alt_txt"]
    assert slack.did("files.completeUploadExternal")[0]["channel_id"] == "D1"

    press(slack, "share", share["value"], private=True)
    assert slack.did("files.completeUploadExternal", 2)[1]["channel_id"] == "C1"


def test_an_unfurled_card_and_a_card_know_the_workspace_s_rules(slash: Slash) -> None:
    assert "Covered by 3 rules" in json.dumps(slash("T1059.001")["blocks"])


def test_the_first_workspace_served_takes_over_what_the_command_line_imported(tmp_path: Path) -> None:
    from bot.app import introduce

    toolbox = team_toolbox(tmp_path / "new")
    ours = TeamProfile(sectors=("Energy",), groups=("G0016",))
    toolbox.store.save_profile("local", ours)
    introduce(toolbox, "T1")
    introduce(toolbox, "T2")

    assert len(toolbox.store.detections("T1")) == 4
    assert toolbox.store.workspaces() == ("T1", "T2", "local")
    assert toolbox.store.detections("T2") == ()
    assert toolbox.store.profile("T1") == ours
    assert toolbox.store.profile("T2") == TeamProfile()
