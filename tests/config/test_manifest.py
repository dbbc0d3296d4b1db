"""The Slack manifest asks for what the bot uses, and says why."""

import re
from pathlib import Path

import pytest
import yaml

from bot.doctor import wanted_scopes
from config.settings import load

MANIFEST = Path("config/manifest.yaml")


@pytest.fixture
def text(pytestconfig: pytest.Config) -> str:
    return (pytestconfig.rootpath / MANIFEST).read_text(encoding="utf-8")


def test_every_scope_has_its_reason_beside_it(text: str) -> None:
    scopes = wanted_scopes(text)
    assert len(set(scopes)) == len(scopes)
    for scope in scopes:
        assert re.search(rf"^\s+- {re.escape(scope)} # \w.+$", text, re.MULTILINE), f"{scope} has no reason"


def test_events_have_the_scopes_that_slack_demands(text: str) -> None:
    demanded = {
        "app_mention": {"app_mentions:read"},
        "app_home_opened": set(),
        "link_shared": {"links:read"},
        "message.im": {"im:history"},
    }
    events = yaml.safe_load(text)["settings"]["event_subscriptions"]["bot_events"]
    assert set(events) == set(demanded)
    assert set().union(*demanded.values()) <= set(wanted_scopes(text))


def test_the_command_is_the_settings_default(text: str) -> None:
    (command,) = yaml.safe_load(text)["features"]["slash_commands"]
    assert command["command"] == load(None, {"HOME": "/home/dana"}).slack.command


def test_slacks_own_limits_are_kept(text: str) -> None:
    manifest = yaml.safe_load(text)
    about = manifest["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 174 <= len(about["long_description"]) <= 4000
    (shortcut,) = manifest["features"]["shortcuts"]
    assert len(shortcut["name"]) <= 24
    assert (shortcut["type"], shortcut["callback_id"]) == ("message", "map_to_attack")
    assert manifest["settings"]["socket_mode_enabled"] is True


def test_what_is_not_a_manifest_is_told() -> None:
    with pytest.raises(ValueError, match=r"oauth_config\.scopes\.bot is missing"):
        wanted_scopes("just: text")
