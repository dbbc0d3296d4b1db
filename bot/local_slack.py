"""A Slack of one's own: the ``local-slack`` program as a child process, with a small incident workspace in it.

``attackbot demo`` and the end-to-end tests start the bot against it. It speaks Slack's Web API and Socket Mode, has a
browser page and a ``/_control`` API, and forgets everything when it stops. It comes over npm; ``make local-slack``
fetches it.
"""

from __future__ import annotations

import json
import platform
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from config.settings import Settings

TEAM_ID = "T0ACME"
APP_ID = "A0ATTACK"
BOT_USER_ID = "U0ATTACK"
BOT_TOKEN = "xoxb-local-attack"  # noqa: S105 - made up: the local Slack takes whatever its workspace file says
APP_TOKEN = "xapp-local-attack"  # noqa: S105 - as above

USERS: Mapping[str, tuple[str, str]] = {
    "U0DANA": ("dana", "Dana Ito"),
    "U0LEE": ("lee", "Lee Okafor"),
    "U0SAM": ("sam", "Sam Rivera"),
}
"""User id to handle and real name."""

CHANNELS: Mapping[str, tuple[str, str]] = {
    "C0INCIDENT": ("incident-42", "Odd PowerShell on a finance laptop"),
    "C0SOC": ("soc", "The team"),
    "C0GENERAL": ("general", "Everybody"),
}
"""Channel id to name and topic. The bot is in each of them."""

START_SECONDS = 15.0
STOP_SECONDS = 5.0


class LocalSlackError(RuntimeError):
    """The local Slack did not start. The message says why and what to do."""


class LocalSlackMissingError(LocalSlackError):
    """The local Slack is not installed here. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class LocalSlack:
    """A local Slack that is up.

    Attributes:
        url: the browser page, without a slash at its end.
        pid: of the child process.
        log: the file with what the program printed.
    """

    url: str
    pid: int
    log: Path

    @property
    def api_url(self) -> str:
        """What ``SLACK_API_URL`` has to be."""
        return f"{self.url}/api/"

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which the bot connects to this Slack and no other."""
        return {"SLACK_API_URL": self.api_url, "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}

    def apply_to(self, settings: Settings) -> Settings:
        """These settings, but for this Slack."""
        secret = type(settings.slack.bot_token)
        slack = replace(settings.slack, api_url=self.api_url, bot_token=secret(BOT_TOKEN), app_token=secret(APP_TOKEN))
        return replace(settings, slack=slack)


def workspace() -> dict[str, object]:
    """The workspace file in local-slack's own form: one app in Socket Mode, three people, three channels."""
    everybody = [*USERS, BOT_USER_ID]
    return {
        "workspace": {"name": "Acme SOC", "domain": "acme-soc", "teamId": TEAM_ID},
        "apps": [
            {
                "appId": APP_ID,
                "botUserId": BOT_USER_ID,
                "botName": "attack",
                "botToken": BOT_TOKEN,
                "appToken": APP_TOKEN,
                "mode": "socket",
            }
        ],
        "users": [
            {"id": user, "name": handle, "real_name": name, "email": f"{handle}@example.com", "tz": "Europe/Berlin"}
            for user, (handle, name) in USERS.items()
        ],
        "channels": [
            {"id": channel, "name": name, "topic": topic, "members": everybody}
            for channel, (name, topic) in CHANNELS.items()
        ],
    }


def find_binary(checkout: Path | None = None) -> Path:
    """The ``local-slack`` program: the one npm put into the checkout, else one on the ``PATH``.

    Args:
        checkout: The folder with ``node_modules``; the one this package lies in unless told.

    Returns:
        The program's path.

    Raises:
        LocalSlackMissingError: There is none.
    """
    root = checkout if checkout is not None else Path(__file__).resolve().parents[1]
    for candidate in sorted((root / "node_modules").glob("local-slack-*/bin/local-slack*")):
        if candidate.is_file():
            return candidate
    if found := shutil.which("local-slack"):
        return Path(found)
    if shutil.which("npm") is None:
        raise LocalSlackMissingError(
            "The local Slack is not installed, because npm is not here: install Node.js 18 or newer, then `make run`."
        )
    if not (sys.platform == "linux" and platform.machine() == "x86_64"):
        raise LocalSlackMissingError(
            f"There is no local Slack for {sys.platform} on {platform.machine()}: it comes for Linux on x86-64 only."
        )
    raise LocalSlackMissingError(
        "The local Slack is not installed: run `make local-slack` in the checkout and try again."
    )


@contextmanager
def local_slack(*, port: int = 0, folder: Path | None = None, binary: Path | None = None) -> Iterator[LocalSlack]:
    """Start a local Slack, yield it once it answers, and stop it at the end.

    It answers on every address of the machine, not on the loopback alone: the program has no switch for that.

    Args:
        port: The port to serve on; any free one when 0.
        folder: Where its workspace file, its log and uploaded files go, made when missing; a temporary one when `None`.
        binary: The program; looked for when `None`.

    Yields:
        The running Slack.

    Raises:
        LocalSlackMissingError: The program is not installed.
        LocalSlackError: The port is taken, or it does not answer within 15 s.
    """
    program = binary if binary is not None else find_binary()
    chosen = _free_port(port)
    with ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="local-slack-")))
        folder.mkdir(parents=True, exist_ok=True)
        yield stack.enter_context(_running(program, folder, chosen))


@contextmanager
def _running(program: Path, folder: Path, port: int) -> Iterator[LocalSlack]:
    config = folder / "workspace.json"
    config.write_text(json.dumps(workspace(), indent=2), encoding="utf-8")
    log = folder / "local-slack.log"
    command = [str(program), "--config", str(config), "--port", str(port), "--base-host", "127.0.0.1"]
    command += ["--files-dir", str(folder / "files")]
    with log.open("w", encoding="utf-8") as output:
        try:
            # A session of its own: Ctrl-C reaches the bot first, which then stops its Slack here.
            child = subprocess.Popen(  # noqa: S603 - the arguments are ours
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        except OSError as error:
            raise LocalSlackError(f"The local Slack at {program} cannot be started: {error}.") from error
    slack = LocalSlack(url=f"http://127.0.0.1:{port}", pid=child.pid, log=log)
    try:
        _wait_until_ready(slack, child)
        yield slack
    finally:
        _stop(child)


def _free_port(wanted: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as error:
            raise LocalSlackError(
                f"The local Slack cannot use port {wanted} ({error.strerror or error}): name another with --port."
            ) from error
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(slack: LocalSlack, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            words = " ".join(slack.log.read_text(encoding="utf-8", errors="replace").split())[-300:]
            raise LocalSlackError(
                f"The local Slack stopped at once (exit {child.returncode}): {words or 'it said nothing'}"
            )
        try:
            if requests.get(f"{slack.url}/_control/state", timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.05)
    raise LocalSlackError(
        f"The local Slack did not answer at {slack.url} within {START_SECONDS:g} s; its log is {slack.log}."
    )


def _stop(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
