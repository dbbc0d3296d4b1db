"""A subscription in a real (local) Slack: a new release comes, and the channel hears what it means for the rules."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.local_slack import TEAM_ID, LocalSlack, local_slack
from knowledge.store import open_store
from tests.e2e.conftest import START_SECONDS
from tests.e2e.local_slack_client import LocalSlackClient, Message
from tests.e2e.test_lookup import DANA, SOC
from tests.team import sigma

pytestmark = pytest.mark.e2e

DUE = "2026-01-05T08:00:00Z"
"""Long past: the bot was down then."""


class Home:
    """A home, the command line over it, and the bot served from it.

    Args:
        folder: The home.
        slack: Where to serve.
    """

    def __init__(self, folder: Path, slack: LocalSlack) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ATTACKBOT_", "SLACK_"))}
        self.folder = folder
        self.environment = {
            **kept,
            **slack.environment,
            "ATTACKBOT_HOME": str(folder),
            "ATTACKBOT_ATTACK_DOMAINS": "mobile",
            "ATTACKBOT_ATTACK_FETCH_ON_START": "false",
        }

    def call(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "bot", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr

    @contextmanager
    def served(self, people: LocalSlackClient) -> Iterator[None]:
        before = _connections(people)
        with (self.folder.parent / "bot.log").open("ab") as output:
            bot = subprocess.Popen(
                [sys.executable, "-m", "bot", "serve", "--socket"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            people.wait_until(lambda: _connections(people) > before, "the bot connects", seconds=START_SECONDS)
            yield
        finally:
            bot.terminate()
            try:
                bot.wait(10)
            except subprocess.TimeoutExpired:
                bot.kill()
                bot.wait()


def _connections(people: LocalSlackClient) -> int:
    return sum(entry["summary"].startswith("socket connected") for entry in people._get("log")["log"])


def _digests(people: LocalSlackClient) -> list[Message]:
    return [each for each in people.messages(SOC) if each.by_bot and not each.thread_ts and not each.ephemeral_to]


def test_a_new_release_is_told_once_to_the_channel_that_subscribed(
    local_slack_binary: Path, shared_dir: Path, tmp_path: Path
) -> None:
    bundles = {each: shared_dir / "attack" / f"mobile-attack-{each}.json.xz" for each in ("17.1", "18.1")}
    rules = tmp_path / "rules"
    rules.mkdir()
    for number, technique in enumerate(("t1660", "t1660", "t1636", "t1521")):
        (rules / f"{number}.yml").write_text(sigma(f"Phone {number}", technique, number + 1))
    with local_slack(folder=tmp_path / "slack", binary=local_slack_binary) as slack:
        people, home = LocalSlackClient(slack.url), Home(tmp_path / "home", slack)
        home.call("sync", "--from", str(bundles["17.1"]))
        with home.served(people):
            people.command(SOC, DANA, "subscribe #soc weekly monday 09:00 Europe/Berlin")
            said = people.wait_for(SOC, lambda each: "Subscribed" in each.shown)
            assert "weekly on Monday at 09:00 (Europe/Berlin)" in said.shown
        home.call("coverage", "import", str(rules), "--name", "sigma", "--workspace", TEAM_ID)
        home.call("sync", "--from", str(bundles["18.1"]))
        store = open_store("tinydb", home.folder / "store")
        (subscription,) = store.subscriptions(TEAM_ID)
        store.advance_subscription(TEAM_ID, subscription.id, next_due=DUE)

        with home.served(people):
            digest = people.wait_for(SOC, lambda each: "ATT&CK 18.1" in each.shown, seconds=30)
            people.wait_until(
                lambda: any("mobile" in str(call) for call in people.calls("files.completeUploadExternal")),
                "layer and heat map are in the thread",
                seconds=30,
            )
            assert "none of your 4 rules needs a new id, 2 changes worth reading" in digest.shown
            assert "T1660 Phishing" in digest.shown
            (metadata, *_) = [call["metadata"] for call in people.calls("chat.postMessage")]
            assert "attack_digest" in str(metadata)
            assert DUE in str(metadata)
            people.wait_until(lambda: _moved_on(home, subscription.id), "the next one is due in the future")
        with home.served(people):
            people.command(SOC, DANA, "changes T1660")
            words = people.wait_for(SOC, lambda each: "T1660 Phishing, 17.1 to 18.1" in each.shown)
            assert "2 rules of yours name it" in words.shown
        assert len(_digests(people)) == 1
        people.close()


def _moved_on(home: Home, subscription_id: str) -> bool:
    (kept,) = open_store("tinydb", home.folder / "store").subscriptions(TEAM_ID)
    return kept.id == subscription_id and kept.next_due > DUE and dict(kept.told) == {"mobile": "18.1"}
