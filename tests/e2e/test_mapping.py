"""Mapping alerts in a real (local) Slack: typed, in a thread, judged, listed."""

from __future__ import annotations

import time

import pytest

from tests.e2e.local_slack_client import LocalSlackClient, Message
from tests.e2e.test_lookup import DANA, INCIDENT, PING, from_bot

pytestmark = pytest.mark.e2e

ALERT = "EDR: rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 624 C:\\temp\\lsass.dmp full on FIN-WS-14"
INDEX_SECONDS = 60.0
"""A first start builds the index in the background; questions are told to come again until it is there."""


def mapped(people: LocalSlackClient, text: str) -> Message:
    """The answer to ``/attack map``, asked again while the index is being built."""
    deadline = time.monotonic() + INDEX_SECONDS
    while True:
        people.command(INCIDENT, DANA, f"map {text}")
        answer = people.wait_for(INCIDENT, from_bot)
        if "being built" not in answer.shown:
            return answer
        assert time.monotonic() < deadline, "the index was not built in time"
        time.sleep(1)
        people.reset()


def test_an_alert_is_mapped_for_the_asker_with_its_words(people: LocalSlackClient) -> None:
    answer = mapped(people, ALERT)

    assert answer.ephemeral_to == DANA
    assert "T1003.001" in answer.shown
    assert "comsvcs.dll" in answer.shown
    assert "Likely techniques" in answer.shown
    assert answer.button("Share in channel")


def test_a_mention_in_a_thread_maps_the_thread(people: LocalSlackClient) -> None:
    mapped(people, ALERT)
    people.reset()
    alert = people.message(INCIDENT, DANA, ALERT)
    people.message(INCIDENT, DANA, "<@U0ATTACK> map", thread_ts=alert.ts)
    answer = people.wait_for(INCIDENT, from_bot)

    assert answer.thread_ts == alert.ts
    assert "T1003.001" in answer.shown


def test_a_verdict_is_marked_kept_and_listed_without_the_host(people: LocalSlackClient) -> None:
    answer = mapped(people, ALERT)
    people.interact(answer, DANA, "Right")
    people.wait_for(INCIDENT, lambda message: message.by_bot and "Kept:" in message.shown)
    marked = people.wait_for(INCIDENT, lambda message: message.ts == answer.ts and "confirmed by" in message.shown)
    people.command(INCIDENT, DANA, "confirmations")
    listed = people.wait_for(INCIDENT, lambda message: message.by_bot and "1 confirmation" in message.shown)

    assert f"✓ confirmed by <@{DANA}>" in marked.shown
    assert "T1003.001" in listed.shown
    assert "FIN-WS-14" not in listed.everything
    people.command(INCIDENT, DANA, "confirmations erase all")
    people.wait_for(INCIDENT, lambda message: message.by_bot and "1 confirmation erased" in message.shown)


def test_what_is_shared_is_the_card_that_was_seen(people: LocalSlackClient) -> None:
    answer = mapped(people, ALERT)
    people.interact(answer, DANA, "Share in channel")
    shared = people.wait_for(INCIDENT, lambda message: message.by_bot and not message.ephemeral_to)

    seen = [block["text"]["text"] for block in answer.blocks if block["type"] == "section"]
    assert [block["text"]["text"] for block in shared.blocks if block["type"] == "section"] == seen
    assert f"Shared by <@{DANA}>" in shared.shown
    assert "overflow" not in shared.everything


@pytest.mark.parametrize(
    "pasted", [ALERT, '{"CommandLine": "rundll32.exe comsvcs.dll, MiniDump 624 C:\\\\temp\\\\lsass.dmp full"}']
)
def test_a_pasted_alert_needs_no_verb(people: LocalSlackClient, pasted: str) -> None:
    mapped(people, ALERT)
    people.reset()
    people.command(INCIDENT, DANA, pasted)

    assert "Likely techniques" in people.wait_for(INCIDENT, from_bot).shown


def test_an_alert_that_would_ping_pings_nobody(people: LocalSlackClient) -> None:
    answer = mapped(people, f"<!channel> <@U0LEE> {ALERT} <!here>")

    assert not PING.search(answer.shown)


def test_chatter_is_no_answer_and_no_all_clear(people: LocalSlackClient) -> None:
    answer = mapped(people, "The coffee machine on floor two is being repaired")

    assert "does not mean it is harmless" in answer.shown
    assert answer.button("Say what it was…")
