"""A pipeline imports rules while the bot serves, and the bot knows them at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Stage
from tests.e2e.local_slack_client import Message
from tests.team import rules_folder

pytestmark = pytest.mark.e2e

DANA = "U0DANA"
SOC = "C0SOC"


def ask(stage: Stage, text: str) -> Message:
    stage.people.reset()
    stage.people.command(SOC, DANA, text)
    return stage.people.wait_for(SOC, lambda message: message.by_bot, seconds=30)


def coverage(stage: Stage, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ATTACKBOT_", "SLACK_"))}
    environ = {**kept, "ATTACKBOT_HOME": str(stage.home)}
    command = [sys.executable, "-m", "bot", "coverage", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environ, timeout=60)


def test_rules_imported_beside_the_bot_count_at_once(stage: Stage, tmp_path: Path) -> None:
    assert "No detections are imported yet" in ask(stage, "coverage").shown

    done = coverage(stage, "import", str(rules_folder(tmp_path / "rules")), "--name", "ours", "--json")
    assert json.loads(done.stdout)["imported"] == 4
    assert "T0ACME" in done.stderr, "the workspace the bot serves is found without being named"
    try:
        page = ask(stage, "coverage T1059.001")
        assert "Covered by 3 rules" in page.shown
        assert "Encoded PowerShell" in page.shown
        assert page.ephemeral_to == DANA
        assert "Covered by 3 rules" in ask(stage, "T1059.001").shown

        gaps = ask(stage, "gaps group APT29")
        assert "Gaps · APT29" in gaps.shown
        assert "no rule  ·  used by" in gaps.shown or "gaps among 0" in gaps.shown

        picture = ask(stage, "heatmap")
        assert ".png" in picture.shown
        stage.people.wait_until(lambda: bool(stage.people.calls("files.completeUploadExternal")), "the upload")
        assert stage.people.calls("files.getUploadURLExternal")[0]["filename"].endswith(".png")
        stage.people.interact(picture, DANA, "Share in channel")
        stage.people.wait_until(lambda: len(stage.people.calls("files.completeUploadExternal")) > 1, "the shared one")
    finally:
        coverage(stage, "remove", "ours")
    assert "No detections are imported yet" in ask(stage, "coverage").shown


def test_a_team_asks_for_its_own_and_says_who_it_is(stage: Stage, tmp_path: Path) -> None:
    coverage(stage, "import", str(rules_folder(tmp_path / "rules")), "--name", "ours", "--label", "Red Team")
    try:
        assert "· team Red Team" in ask(stage, "coverage team red team").shown
        assert "there are Red Team" in ask(stage, "gaps team blue").shown

        told = ask(stage, "profile")
        assert "Nothing is said yet" in told.shown
        stage.people.interact(told, DANA, "Fill it in…")
        stage.people.wait_until(lambda: bool(stage.people.calls("views.open")), "the form")

        assert "Kept; gaps are ranked with it" in ask(stage, "profile group apt29 platform windows").shown
        gaps = ask(stage, "gaps team red team")
        assert "Ranked for your profile  APT29; only what may run on Windows" in gaps.shown.replace("*", "")
        assert "team Red Team" in gaps.shown
    finally:
        coverage(stage, "remove", "ours")
        coverage(stage, "profile", "--clear")
