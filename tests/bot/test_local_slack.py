"""Finding, starting and stopping the local Slack, without the real program."""

import json
import os
import socket
import sys
from pathlib import Path

import pytest
import requests

from bot import local_slack as module
from bot.local_slack import BOT_USER_ID, CHANNELS, LocalSlackError, LocalSlackMissingError, find_binary, local_slack
from config.settings import load

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a shebang")

STAND_IN = f"""#!{sys.executable}
import http.server, json, sys
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
config = json.load(open(options["--config"]))
class Door(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(config).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.HTTPServer(("127.0.0.1", int(options["--port"])), Door).serve_forever()
"""


def program(folder: Path, text: str) -> Path:
    file = folder / "node_modules" / "local-slack-test" / "bin" / "local-slack"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(0o755)
    return file


def test_it_starts_answers_and_is_gone_afterwards(tmp_path: Path) -> None:
    with local_slack(folder=tmp_path / "slack", binary=program(tmp_path, STAND_IN)) as slack:
        served = requests.get(f"{slack.url}/_control/state", timeout=5).json()
        assert slack.environment["SLACK_API_URL"] == f"{slack.url}/api/"
    assert served == json.loads((tmp_path / "slack" / "workspace.json").read_text(encoding="utf-8"))
    assert [channel["id"] for channel in served["channels"]] == list(CHANNELS)
    assert all(BOT_USER_ID in channel["members"] for channel in served["channels"])
    with pytest.raises(ProcessLookupError):
        os.kill(slack.pid, 0)


def test_it_is_stopped_when_the_body_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyError), local_slack(binary=program(tmp_path, STAND_IN)) as slack:
        raise KeyError
    with pytest.raises(ProcessLookupError):
        os.kill(slack.pid, 0)
    assert not slack.log.parent.exists()


def test_settings_point_at_it_and_nothing_else_changes(tmp_path: Path) -> None:
    settings = load(None, {"HOME": str(tmp_path), "ATTACKBOT_SLACK_COMMAND": "/mitre"})
    local = module.LocalSlack("http://127.0.0.1:1", 1, tmp_path).apply_to(settings)
    assert local.slack.api_url == "http://127.0.0.1:1/api/"
    assert local.slack.bot_token.value == module.BOT_TOKEN
    assert local.slack.app_token.value == module.APP_TOKEN
    assert (local.slack.command, local.home) == ("/mitre", settings.home)


def test_a_program_that_dies_is_told_with_its_last_words(tmp_path: Path) -> None:
    dying = program(tmp_path, f"#!{sys.executable}\nimport sys; sys.exit('no such config')\n")
    with pytest.raises(LocalSlackError, match=r"stopped at once \(exit 1\): no such config"), local_slack(binary=dying):
        pass


def test_a_program_that_cannot_be_run_is_told(tmp_path: Path) -> None:
    file = tmp_path / "local-slack"
    file.write_text("not a program", encoding="utf-8")
    with pytest.raises(LocalSlackError, match="cannot be started"), local_slack(binary=file):
        pass


def test_a_program_that_says_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "START_SECONDS", 0.3)
    mute = program(tmp_path, f"#!{sys.executable}\nimport time; time.sleep(60)\n")
    says = r"did not answer at http://127\.0\.0\.1:\d+ within 0\.3 s"
    with pytest.raises(LocalSlackError, match=says), local_slack(binary=mute):
        pass


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        start = local_slack(port=port, binary=program(tmp_path, STAND_IN))
        with pytest.raises(LocalSlackError, match=f"cannot use port {port}"), start:
            pass


def test_the_program_is_found_in_the_checkout_first(tmp_path: Path) -> None:
    file = program(tmp_path, STAND_IN)
    assert find_binary(tmp_path) == file


@pytest.mark.parametrize(
    ("npm", "platform", "machine", "says"),
    [
        (False, "linux", "x86_64", "install Node.js 18 or newer"),
        (True, "darwin", "arm64", "There is no local Slack for darwin on arm64"),
        (True, "linux", "x86_64", "run `make local-slack`"),
    ],
)
def test_why_there_is_no_program(
    npm: bool, platform: str, machine: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.local_slack.shutil.which", lambda name: "/bin/npm" if npm and name == "npm" else None)
    monkeypatch.setattr("bot.local_slack.sys.platform", platform)
    monkeypatch.setattr("bot.local_slack.platform.machine", lambda: machine)
    with pytest.raises(LocalSlackMissingError, match=says):
        find_binary(tmp_path)
