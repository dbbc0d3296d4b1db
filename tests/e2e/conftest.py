"""A real local Slack and a real bot process, started once for all end-to-end tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.local_slack import LocalSlack, LocalSlackMissingError, find_binary, local_slack
from tests.e2e.local_slack_client import LocalSlackClient

# The first start reads the embedded snapshot of three domains.
START_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything an end-to-end test plays on."""

    slack: LocalSlack
    people: LocalSlackClient
    bot_log: Path
    home: Path


@pytest.fixture(scope="session")
def local_slack_binary() -> Path:
    try:
        return find_binary()
    except LocalSlackMissingError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must run the end-to-end tests. {error}")
        pytest.skip(f"end-to-end tests need the local Slack. {error}")


@pytest.fixture(scope="session")
def _stage(local_slack_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("e2e")
    bot_log = folder / "bot.log"
    with local_slack(folder=folder / "slack", binary=local_slack_binary) as slack:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ATTACKBOT_", "SLACK_"))}
        environment = {
            **kept,
            **slack.environment,
            "ATTACKBOT_HOME": str(folder / "home"),
            "ATTACKBOT_ATTACK_FETCH_ON_START": "false",
        }
        with bot_log.open("wb") as output:
            bot = subprocess.Popen(
                [sys.executable, "-m", "bot", "serve", "--socket"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        people = LocalSlackClient(slack.url)

        def connected() -> bool:
            if bot.poll() is not None:
                pytest.fail(f"the bot stopped (exit {bot.returncode}):\n{bot_log.read_text(encoding='utf-8')[-4000:]}")
            return people.connected()

        try:
            people.wait_until(connected, "the bot connects to the local Slack", seconds=START_SECONDS)
            yield Stage(slack, people, bot_log, folder / "home")
        finally:
            people.close()
            bot.terminate()
            try:
                bot.wait(10)
            except subprocess.TimeoutExpired:
                bot.kill()
                bot.wait()


@pytest.fixture
def stage(_stage: Stage) -> Stage:
    """The stage, swept."""
    _stage.people.reset()
    return _stage


@pytest.fixture
def people(stage: Stage) -> LocalSlackClient:
    return stage.people
