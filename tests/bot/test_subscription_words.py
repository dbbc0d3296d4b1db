"""The words after subscribe, read or refused in one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.commands.subscription_words import WordsError, read_time, read_wish
from bot.commands.toolbox import Reference
from knowledge.store import Frequency, Threshold
from tests import team


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    return team.team_toolbox(Path(tmp_path_factory.mktemp("home"))).reference()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", {}),
        ("#soc", {"channel": "#soc"}),
        ("<#C0SOC123|soc> weekly", {"channel": "C0SOC123", "frequency": Frequency.WEEKLY}),
        ("C0SOC123", {"channel": "C0SOC123"}),
        ("every monday at 9:00", {"weekday": 0, "time": "09:00"}),
        (
            "Monthly FRI 16:30 europe/berlin",
            {"frequency": Frequency.MONTHLY, "weekday": 4, "timezone": "Europe/Berlin"},
        ),
        ("daily 9am UTC", {"frequency": Frequency.DAILY, "time": "09:00", "timezone": "UTC"}),
        ("daily 9 pm", {"time": "21:00"}),
        ("act", {"weight": Threshold.ACT}),
        ("all heartbeat", {"weight": Threshold.ALL, "heartbeat": True}),
        ("group apt29, fin7", {"groups": ["G0016", "G0046"]}),
        ("group apt29 and fin7 weekly", {"groups": ["G0016", "G0046"], "frequency": Frequency.WEEKLY}),
        ("groups cozy bear platform linux, windows", {"groups": ["G0016"], "platforms": ["Linux", "Windows"]}),
        ("technique T1059.001", {"techniques": ["T1059.001"]}),
        ("T1566", {"techniques": ["T1566"]}),
        ("windows", {"platforms": ["Windows"]}),
        ("carbon spider", {"groups": ["G0046"]}),
        ("apt29 and fin7", {"groups": ["G0016", "G0046"]}),
        (
            "#soc weekly monday 09:00 Europe/Berlin read group apt29 platform linux",
            {"channel": "#soc", "weight": Threshold.READ, "groups": ["G0016"], "platforms": ["Linux"]},
        ),
    ],
)
def test_what_is_meant(text: str, said: dict[str, Any], reference: Reference) -> None:
    wish = read_wish(text, reference)

    assert {name: getattr(wish, name) for name in said} == said
    if not said:
        assert (wish.channel, wish.frequency, wish.time, wish.groups, wish.platforms) == ("", None, "", [], [])


@pytest.mark.parametrize(
    ("text", "about", "sentence"),
    [
        ("weekly daily", "day", 'One frequency a subscription: "daily" is a second one.'),
        ("monday friday", "day", 'One day a subscription: "friday" is a second one.'),
        ("daily monday", "day", "Daily is every day: leave out monday, or say weekly."),
        ("25:00", "time", '"25:00" is no time of day; write it like 09:00.'),
        ("13pm", "time", '"13pm" is no time of day; write it like 09:00.'),
        ("Europe/Berln", "zone", 'There is no time zone "Europe/Berln"; did you mean Europe/Berlin'),
        ("group", "groups", "Which groups? Put names after the word"),
        ("group zzzz qqqq", "groups", 'No group is plainly called "zzzz qqqq"'),
        ("platform beos", "platforms", 'No platform of ATT&CK is called "beos".'),
        ("fortnightly", "day", '"fortnightly" is not offered'),
        ("banana", "words", '"banana" is no day, time, time zone, platform, technique or group'),
        ("#soc #general", "channel", 'One channel a subscription: "#general" is a second one.'),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(text: str, about: str, sentence: str, reference: Reference) -> None:
    with pytest.raises(WordsError) as refused:
        read_wish(text, reference)

    assert refused.value.about == about
    assert str(refused.value).startswith(sentence)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "time"), [("0:00", "00:00"), ("12am", "00:00"), ("12pm", "12:00"), ("9.30", "09:30"), ("23:59", "23:59")]
)
def test_times(text: str, time: str) -> None:
    assert read_time(text) == time
