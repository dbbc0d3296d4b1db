"""Slack's answers, as the messenger tells them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk import WebClient

from bot.messenger import DIGEST, ClosedChannelError, Mark, PostingError, RateLimitedError, SlackMessenger
from bot.views.messages import sentence

MARK = Mark(DIGEST, {"subscription": "s", "period": "2026-03-01T09:00:00Z"})


class Api:
    """What Slack answers to a method, and what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, dict[str, str], Any]]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def answer(self, method: str, body: Any, status: int = 200, **headers: str) -> None:
        self.answers.setdefault(method, []).append((status, headers, body))


@pytest.fixture
def api() -> Iterator[tuple[Api, SlackMessenger]]:
    state = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            is_json = "json" in self.headers.get("content-type", "")
            asked = json.loads(raw) if is_json else {key: value[0] for key, value in parse_qs(raw).items()}
            method = self.path.rpartition("/")[2]
            state.asked.append((method, asked))
            status, headers, body = state.answers[method].pop(0)
            data = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {
                "content-type": "application/json",
                "content-length": str(len(data)),
                **headers,
            }.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/api/"
    yield state, SlackMessenger(WebClient("xoxb-test", base_url=url, retry_handlers=[], timeout=5))
    server.shutdown()
    server.server_close()


def test_a_message_carries_its_metadata(api: tuple[Api, SlackMessenger]) -> None:
    slack, messenger = api
    slack.answer("chat.postMessage", {"ok": True, "ts": "1.5"})

    assert messenger.post("C1", sentence("Hear."), MARK) == "1.5"
    ((_, asked),) = slack.asked
    sent = asked["metadata"]
    assert (json.loads(sent) if isinstance(sent, str) else sent) == {
        "event_type": "attack_digest",
        "event_payload": {"subscription": "s", "period": "2026-03-01T09:00:00Z"},
    }


def test_a_message_is_found_by_its_mark_on_a_later_page(api: tuple[Api, SlackMessenger]) -> None:
    slack, messenger = api
    other = {"event_type": DIGEST, "event_payload": {**MARK.payload, "period": "2026-02-22T09:00:00Z"}}
    ours = {"event_type": DIGEST, "event_payload": {**MARK.payload, "told": "[]"}}
    page = {"ok": True, "messages": [{"ts": "1", "text": "hi"}, {"ts": "2", "metadata": other}]}
    slack.answer("conversations.history", {**page, "response_metadata": {"next_cursor": "more"}})
    slack.answer("conversations.history", {"ok": True, "messages": [{"ts": "3", "metadata": ours}]})

    found = messenger.find("C1", MARK, since=1_772_000_000)

    assert found is not None
    assert (found.ts, found.mark.payload["told"]) == ("3", "[]")
    assert slack.asked[1][1]["cursor"] == "more"
    assert all(str(asked["include_all_metadata"]).lower() in ("1", "true") for _, asked in slack.asked)


def test_nothing_is_found_where_nothing_is(api: tuple[Api, SlackMessenger]) -> None:
    slack, messenger = api
    slack.answer("conversations.history", {"ok": True, "messages": []})

    assert messenger.find("C1", MARK, since=0) is None


def test_replies_tell_of_their_files_and_not_of_their_parent(api: tuple[Api, SlackMessenger]) -> None:
    slack, messenger = api
    slack.answer("conversations.replies", {"ok": True, "messages": [{"ts": "1"}, {"ts": "2", "files": [{"id": "F1"}]}]})

    assert [(each.ts, each.has_files) for each in messenger.replies("C1", "1")] == [("2", True)]


def test_a_rate_limit_says_how_long(api: tuple[Api, SlackMessenger]) -> None:
    slack, messenger = api
    slack.answer("chat.postMessage", {"ok": False, "error": "ratelimited"}, 429, retry_after="37")

    with pytest.raises(RateLimitedError) as limited:
        messenger.post("C1", sentence("Hear."), MARK)
    assert limited.value.seconds == 37


@pytest.mark.parametrize("reason", ["channel_not_found", "not_in_channel", "is_archived"])
def test_a_closed_channel_is_told_apart(api: tuple[Api, SlackMessenger], reason: str) -> None:
    slack, messenger = api
    slack.answer("conversations.history", {"ok": False, "error": reason})

    with pytest.raises(ClosedChannelError, match=reason):
        messenger.find("C1", MARK, since=0)


@pytest.mark.parametrize(("status", "body"), [(200, {"ok": False, "error": "internal_error"}), (500, {}), (503, "no")])
def test_anything_else_may_succeed_later(api: tuple[Api, SlackMessenger], status: int, body: Any) -> None:
    slack, messenger = api
    slack.answer("chat.postMessage", body, status)

    with pytest.raises(PostingError) as failed:
        messenger.post("C1", sentence("Hear."), MARK)
    assert type(failed.value) is PostingError


def test_nobody_there_may_succeed_later() -> None:
    client = WebClient("xoxb-test", base_url="http://127.0.0.1:9/api/", retry_handlers=[], timeout=2)

    with pytest.raises(PostingError, match="did not answer"):
        SlackMessenger(client).post("C1", sentence("Hear."), MARK)


def test_a_person_is_told_alone(api: tuple[Api, SlackMessenger]) -> None:
    slack, messenger = api
    slack.answer("conversations.open", {"ok": True, "channel": {"id": "D9"}})
    slack.answer("chat.postMessage", {"ok": True, "ts": "1.5"})

    messenger.tell("U1", sentence("Hear."))

    assert slack.asked[1][1]["channel"] == "D9"
