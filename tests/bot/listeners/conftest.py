"""A Slack that answers every Web API method with ok, or as told, and remembers what was asked of it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from slack_bolt import App, BoltRequest, BoltResponse

from bot.app import build_app
from bot.commands.toolbox import Toolbox
from config.settings import load
from tests import builders


@dataclass
class Slack:
    """What the bot did: `calls` are ``(method or "response_url", arguments)``, oldest first.

    `answers` are added to what a method of that name answers; for a file, ``_raw`` is its text.
    """

    url: str
    app: App = field(init=False)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def send(self, kind: str, body: dict[str, Any]) -> BoltResponse:
        """Deliver a payload as Socket Mode would."""
        headers: dict[str, str] = {"content-type": "application/json"}
        return self.app.dispatch(BoltRequest(body=body, mode="socket_mode", headers=headers))

    def did(self, method: str, count: int = 1) -> list[dict[str, Any]]:
        """The arguments of the first `count` calls of a method, waiting for them."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            found = [arguments for name, arguments in list(self.calls) if name == method]
            if len(found) >= count:
                return found
            time.sleep(0.01)
        raise AssertionError(f"{method} was called {len(found)} times; calls: {[name for name, _ in self.calls]}")


@pytest.fixture
def toolbox(tmp_path: Path) -> Toolbox:
    return builders.toolbox(tmp_path)


@pytest.fixture
def slack(tmp_path: Path, toolbox: Toolbox) -> Iterator[Slack]:
    calls: list[tuple[str, dict[str, Any]]] = []
    answers: dict[str, dict[str, Any]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", 0))).decode(errors="replace")
            is_json = "json" in self.headers.get("content-type", "")
            arguments = json.loads(raw or "{}") if is_json else dict(parse_qsl(raw))
            for name in ("blocks", "view", "unfurls"):
                if isinstance(arguments.get(name), str):
                    arguments[name] = json.loads(arguments[name])
            method = self.path.rpartition("/")[2]
            if method != "auth.test":
                calls.append((method, arguments))
            answer = {"ok": True, "user_id": "U0BOT", "bot_id": "B0BOT", "team_id": "T1", "ts": "2.0", "channel": "C1"}
            self.reply(json.dumps(answer | answers.get(method, {})).encode())

        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            assert self.headers["authorization"] == "Bearer xoxb-test"
            self.reply(answers[name]["_raw"].encode())

        def reply(self, data: bytes) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    environ = {
        "ATTACKBOT_HOME": str(tmp_path),
        "SLACK_BOT_TOKEN": "xoxb-test",
        "SLACK_APP_TOKEN": "xapp-test",
        "SLACK_API_URL": f"{url}/api/",
    }
    slack = Slack(url)
    slack.calls, slack.answers = calls, answers
    slack.app = build_app(load(None, environ), toolbox)
    yield slack
    server.shutdown()
    server.server_close()


@pytest.fixture
def slash(slack: Slack) -> Callable[[str], dict[str, Any]]:
    """Types a slash command and gives the answer that was posted to its response_url."""

    def type_it(text: str) -> dict[str, Any]:
        body = {
            "type": "slash_commands",
            "command": "/attack",
            "text": text,
            "team_id": "T1",
            "user_id": "U1",
            "channel_id": "C1",
            "response_url": f"{slack.url}/response_url",
        }
        before = sum(name == "response_url" for name, _ in slack.calls)
        assert slack.send("slash_commands", body).status == 200
        return slack.did("response_url", before + 1)[-1]

    return type_it
