"""Asking the bot in a real (local) Slack: slash command, share button, mention, direct message, hostile text."""

from __future__ import annotations

import re

import pytest

from bot.local_slack import BOT_USER_ID
from tests.e2e.local_slack_client import LocalSlackClient, Message

pytestmark = pytest.mark.e2e

DANA = "U0DANA"
INCIDENT = "C0INCIDENT"
SOC = "C0SOC"

# What makes Slack notify: a channel-wide word, a person, a group - anything but a link or a channel's name.
PING = re.compile(r"<(?:!|@)[^>]*>")


def from_bot(message: Message) -> bool:
    return message.by_bot


def ask(people: LocalSlackClient, text: str, channel: str = INCIDENT) -> Message:
    people.command(channel, DANA, text)
    return people.wait_for(channel, from_bot)


def test_a_typo_gives_the_card_to_the_asker_alone(people: LocalSlackClient) -> None:
    card = ask(people, "powershel")
    assert card.ephemeral_to == DANA
    assert "T1059.001" in card.shown
    assert "PowerShell" in card.shown
    assert "T1059.001" in card.text, "the fallback text names the technique too"


def test_sharing_posts_the_card_for_everybody(people: LocalSlackClient) -> None:
    card = ask(people, "T1059.001")
    people.interact(card, DANA, "Share in channel")
    shared = people.wait_for(INCIDENT, lambda message: message.by_bot and not message.ephemeral_to)
    assert "T1059.001" in shared.shown
    assert not shared.thread_ts
    with pytest.raises(LookupError):
        shared.button("Share in channel")


def test_every_button_of_a_card_answers(people: LocalSlackClient) -> None:
    card = ask(people, "T1059.001")
    before = card.everything
    for button in card.buttons():
        if button["text"].get("text") == "Share in channel" or button["type"] != "button":
            continue
        people.interact(card, DANA, button["action_id"])
        people.wait_until(
            lambda: any(m.by_bot and m.everything != before for m in people.messages(INCIDENT)),
            f"an answer to {button['text'].get('text')}",
        )
        assert all(message.ephemeral_to == DANA for message in people.messages(INCIDENT) if message.by_bot)
        people.reset()
        card = ask(people, "T1059.001")


def test_a_mention_is_answered_in_its_thread(people: LocalSlackClient) -> None:
    asked = people.message(INCIDENT, DANA, f"<@{BOT_USER_ID}> T1566")
    answer = people.wait_for(INCIDENT, from_bot)
    assert answer.thread_ts == asked.ts
    assert "T1566" in answer.shown
    assert "Phishing" in answer.shown


def test_a_mention_in_a_thread_stays_in_that_thread(people: LocalSlackClient) -> None:
    root = people.message(SOC, DANA, "what is going on here?")
    people.message(SOC, DANA, f"<@{BOT_USER_ID}> mfa fatigue", thread_ts=root.ts)
    answer = people.wait_for(SOC, from_bot)
    assert answer.thread_ts == root.ts
    assert "T1621" in answer.shown


def test_a_direct_message_is_answered(people: LocalSlackClient) -> None:
    asked = people.message(DANA, DANA, "T1486")
    answer = people.wait_for(asked.channel, from_bot)
    assert "T1486" in answer.shown


def test_help_names_the_command(people: LocalSlackClient) -> None:
    answer = ask(people, "help")
    assert answer.ephemeral_to == DANA
    assert "/attack" in answer.shown


def test_the_home_tab_is_published(people: LocalSlackClient) -> None:
    people.open_home(DANA)
    people.wait_until(lambda: bool(people.calls("views.publish")), "views.publish")
    (call,) = people.calls("views.publish")
    assert call["user_id"] == DANA
    assert call["view"]["type"] == "home"
    assert 0 < len(call["view"]["blocks"]) <= 100


@pytest.mark.parametrize(
    "text",
    [
        "<!channel> <@U1>",
        "<!here|everyone> powershell",
        f"<@{DANA}> T1059.001",
        "<!subteam^S123> <https://evil.example|T1059>",
        "\u202etxet desrever <!everyone>",
        "&lt;!channel&gt; T1059",
    ],
)
def test_hostile_text_pings_nobody(people: LocalSlackClient, text: str) -> None:
    answer = ask(people, text)
    assert answer.ephemeral_to == DANA
    assert not PING.findall(answer.everything)
    assert "https://evil.example|" not in answer.everything


def test_hostile_text_in_a_mention_pings_nobody(people: LocalSlackClient) -> None:
    people.message(INCIDENT, DANA, f"<@{BOT_USER_ID}> <!channel> <@U0LEE> kerberosting")
    answer = people.wait_for(INCIDENT, from_bot)
    assert not PING.findall(answer.everything)
