"""Each check of the doctor, well and ill, and that every ill one says how to mend it."""

from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from bot.doctor import (
    Finding,
    SlackAnswer,
    State,
    check_data,
    check_home,
    check_slack,
    check_synonyms,
    check_tokens,
)
from knowledge.library import Held
from knowledge.model import Domain, Release

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
API = "https://slack.com/api/"
GB = 1_000_000_000


class Slack:
    """Answers as Slack's Web API does, from what a test says."""

    def __init__(
        self,
        *,
        error: str = "",
        scopes: str | None = "commands,chat:write",
        off: timedelta = timedelta(),
        date_header: str | None = None,
        down: bool = False,
        socket_error: str = "",
    ) -> None:
        self.error = error
        self.scopes = scopes
        self.date_header = format_datetime(NOW + off, usegmt=True) if date_header is None else date_header
        self.down = down
        self.socket_error = socket_error
        self.asked: list[tuple[str, str]] = []

    def __call__(self, url: str, token: str) -> SlackAnswer:
        self.asked.append((url, token))
        if self.down:
            raise ConnectionError("no route to host")
        if url.endswith("apps.connections.open"):
            return SlackAnswer({"ok": not self.socket_error, "error": self.socket_error})
        headers = {"date": self.date_header}
        if self.scopes is not None:
            headers["x-oauth-scopes"] = self.scopes
        return SlackAnswer({"ok": not self.error, "error": self.error, "team": "Acme", "user": "attack"}, headers)


def examine(slack: Slack, *, app_token: str = "xapp-1") -> dict[str, Finding]:
    found = check_slack(
        API,
        bot_token="xoxb-1",
        app_token=app_token,
        wanted=("commands", "chat:write"),
        ask=slack,
        now=NOW,
    )
    return {finding.name: finding for finding in found}


def states(found: dict[str, Finding]) -> dict[str, str]:
    return {name: finding.state.value for name, finding in found.items()}


def held(domain: Domain = Domain.ENTERPRISE, *, current: bool = True, **release: object) -> Held:
    defaults: dict[str, object] = {"version": "18.1", "published": "2026-01-01T00:00:00Z"}
    return Held(Release(domain=domain, **(defaults | release)), Path("x"), 1, current, pinned=False)  # type: ignore[arg-type]


def test_tokens_that_are_there() -> None:
    assert [finding.state for finding in check_tokens("xoxb-1", "xapp-1")] == [State.OK, State.OK]


@pytest.mark.parametrize(
    ("bot", "app", "says"),
    [
        ("", "", "There is no bot token."),
        ("xapp-1", "xoxb-1", "SLACK_BOT_TOKEN begins xapp-, not xoxb-."),
        ("hunter2", "hunter2", "SLACK_BOT_TOKEN begins otherwise, not xoxb-."),
    ],
)
def test_tokens_that_are_absent_or_of_the_wrong_kind(bot: str, app: str, says: str) -> None:
    findings = check_tokens(bot, app)
    assert findings[0].sentence == says
    for finding, variable in zip(findings, ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"), strict=True):
        assert finding.state is State.FAIL
        assert variable in finding.mend
        assert "hunter2" not in finding.sentence + finding.mend


def test_a_slack_that_is_well() -> None:
    slack = Slack()
    found = examine(slack)
    assert states(found) == {"sign-in": "ok", "scopes": "ok", "clock": "ok", "socket mode": "ok"}
    assert found["sign-in"].sentence == "Signed in to Acme as @attack."
    assert slack.asked == [(f"{API}auth.test", "xoxb-1"), (f"{API}apps.connections.open", "xapp-1")]


def test_without_tokens_nothing_is_asked() -> None:
    slack = Slack()
    assert check_slack(API, bot_token="", app_token="xapp-1", wanted=(), ask=slack, now=NOW) == ()
    assert states(examine(slack, app_token="")).keys() == {"sign-in", "scopes", "clock"}


def test_a_slack_that_cannot_be_reached_is_one_finding() -> None:
    found = examine(Slack(down=True))
    assert states(found) == {"sign-in": "fail"}
    assert "no route to host" in found["sign-in"].sentence


def test_a_refused_token_has_no_scopes_to_compare() -> None:
    found = examine(Slack(error="invalid_auth"))
    assert states(found) == {"sign-in": "fail", "clock": "ok", "socket mode": "ok"}
    assert "invalid_auth" in found["sign-in"].sentence


def test_missing_scopes_are_named() -> None:
    found = examine(Slack(scopes="commands, users:read"))
    assert found["scopes"].state is State.FAIL
    assert found["scopes"].sentence == "The bot lacks chat:write."


def test_a_slack_that_does_not_tell_scopes_is_a_warning() -> None:
    assert examine(Slack(scopes=None))["scopes"].state is State.WARN


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, "ok"), (60, "ok"), (-61, "warn"), (300, "warn"), (301, "fail"), (-4000, "fail")]
)
def test_a_clock_that_is_off(seconds: int, state: str) -> None:
    assert states(examine(Slack(off=timedelta(seconds=seconds))))["clock"] == state


@pytest.mark.parametrize("header", ["", "yesterday"])
def test_an_answer_without_a_date_is_a_warning(header: str) -> None:
    assert states(examine(Slack(date_header=header)))["clock"] == "warn"


def test_an_app_token_without_its_scope() -> None:
    found = examine(Slack(socket_error="missing_scope"))
    assert found["socket mode"].state is State.FAIL
    assert "connections:write" in found["socket mode"].mend


@pytest.mark.parametrize(
    ("release", "state", "says"),
    [
        (held(), "ok", "Enterprise 18.1 answers, 59 days old."),
        (held(published="2025-01-01"), "warn", "Enterprise 18.1 answers; it is 424 days old."),
        (held(published=""), "ok", "Enterprise 18.1 answers."),
        (held(snapshot=True, version="17.1"), "warn", "Enterprise 17.1 snapshot answers: no procedures"),
        (held(current=False), "warn", "No release of enterprise is on disk yet."),
        (held(Domain.ICS), "warn", "No release of enterprise is on disk yet."),
    ],
)
def test_data(release: Held, state: str, says: str) -> None:
    (finding,) = check_data([release], [Domain.ENTERPRISE], date(2026, 3, 1))
    assert finding.state.value == state
    assert finding.sentence.startswith(says)


def test_data_counts_what_else_is_on_disk() -> None:
    (finding,) = check_data([held(), held(version="17.1", current=False)], [Domain.ENTERPRISE], date(2026, 3, 1))
    assert finding.sentence.endswith("1 more on disk.")


@pytest.mark.parametrize(("free", "state"), [(9 * GB, "ok"), (GB // 3, "warn"), (GB // 100, "fail")])
def test_home_is_made_and_its_room_is_told(free: int, state: str, tmp_path: Path) -> None:
    finding = check_home(tmp_path / "new" / "home", free_bytes=lambda _: free)
    assert finding.state.value == state
    assert list((tmp_path / "new" / "home").iterdir()) == []


def test_a_home_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    finding = check_home(tmp_path / "file" / "home")
    assert finding.state is State.FAIL
    assert "ATTACKBOT_HOME" in finding.mend


def test_synonyms() -> None:
    def broken(path: Path) -> int:
        raise ValueError("line 3 names T9999, which no release has")

    path = Path("words.toml")
    assert check_synonyms(None, broken).state is State.OK
    assert check_synonyms(path, lambda _: 12).sentence == "words.toml adds 12 words."
    assert check_synonyms(path, broken).state is State.FAIL
    assert "T9999" in check_synonyms(path, broken).sentence


def test_whatever_is_not_well_says_how_to_mend_it() -> None:
    ill = (
        *check_tokens("", ""),
        *examine(Slack(down=True)).values(),
        *examine(Slack(error="x", off=timedelta(days=1), socket_error="y")).values(),
        *examine(Slack(scopes="")).values(),
        *check_data([], Domain, date(2026, 3, 1)),
    )
    for finding in ill:
        assert finding.sentence.endswith(".")
        assert (finding.state is State.OK) or finding.mend.endswith(".")
