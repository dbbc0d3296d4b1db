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
    check_library,
    check_slack,
    check_store,
    check_synonyms,
    check_tokens,
)
from knowledge.detections import Detection
from knowledge.errors import LibraryError
from knowledge.library import Held, Library
from knowledge.model import Domain, Release
from knowledge.store import Confirmation, SourceImport, TeamProfile, Verdict, open_store
from tests.builders import small_release

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
        (held(current=False), "warn", "The release of enterprise that was chosen is not on disk; Enterprise 18.1 ans"),
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


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def test_a_library_that_is_well(tmp_path: Path) -> None:
    Library(tmp_path).add(small_release("18.1"))

    (finding,) = check_library(Library(tmp_path), [Domain.ENTERPRISE], date(2026, 3, 1))
    assert finding.sentence.startswith("Enterprise 18.1 answers")


def test_a_release_that_was_set_aside_is_told_until_it_is_fetched_again(tmp_path: Path) -> None:
    library = Library(tmp_path)
    for version in ("17.1", "18.1"):
        library.add(small_release(version))
    damaged(tmp_path / "enterprise-17.1.attack")
    with pytest.raises(LibraryError):
        library.contents(Domain.ENTERPRISE, "17.1")

    _, finding = check_library(Library(tmp_path), [Domain.ENTERPRISE], date(2026, 3, 1))

    assert (finding.name, finding.state) == ("damaged: enterprise-17.1", State.WARN)
    assert str(tmp_path / "enterprise-17.1.damaged") in finding.sentence
    assert "no good copy has taken its place" in finding.sentence
    assert "`attackbot sync --release 17.1`" in finding.mend
    library.add(small_release("17.1"))
    assert len(check_library(library, [Domain.ENTERPRISE], date(2026, 3, 1))) == 1


def test_a_library_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "releases").touch()

    (finding,) = check_library(Library(tmp_path / "releases"), Domain, date(2026, 3, 1))

    assert finding.state is State.FAIL
    assert "cannot be read" in finding.sentence


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A store that was told something twice over."""
    store = open_store("tinydb", tmp_path)
    for text in ("first", "second"):
        store.add_confirmation("T1", Confirmation(id=text, technique_id="T1059", verdict=Verdict.RIGHT, text=text))
        store.replace_source("T1", SourceImport(name="sigma"), [Detection(id=text, title=text)])
    store.save_profile("T1", TeamProfile(sectors=("energy",)))
    return tmp_path


def look_into(folder: Path) -> tuple[Finding, ...]:
    return check_store(lambda: open_store("tinydb", folder))


def test_a_store_that_is_well(told: Path) -> None:
    (finding,) = look_into(told)

    assert (finding.state, finding.sentence) == (State.OK, "What the teams told can be read, of 1 workspace.")


def test_damage_is_found_told_with_what_became_of_it_and_told_again_by_the_next_doctor(told: Path) -> None:
    for name in ("confirmations.json", "source-*.2.json", "profile.json"):
        damaged(next(told.glob(f"*/{name}")))

    well, *ill = look_into(told)

    assert well.state is State.OK
    assert [(each.name.rpartition("-")[0].partition("-")[0], each.state) for each in ill] == [
        ("damaged: confirmations.json.damaged", State.WARN),
        ("damaged: profile.json.damaged", State.FAIL),
        ("damaged: source", State.WARN),
    ]
    confirmations, profile, source = ill
    assert "checksum does not match" in confirmations.sentence
    assert "The version before its last write was restored." in confirmations.sentence
    assert "There is no earlier version, so it starts empty." in profile.sentence
    assert "Put a copy of profile.json from a backup in its place" in profile.mend
    assert "The content before its last import was put back" in source.sentence
    assert "Import this source of detections again" in source.mend
    for each in ill:
        aside = next(told.glob(f"*/{each.name.partition(': ')[2]}"))
        assert f"set aside as {aside.name}" in each.sentence
        assert each.mend.endswith(f", then delete {aside}.")
    assert look_into(told) == (well, *ill)


def test_damage_is_told_until_its_file_is_deleted(told: Path) -> None:
    damaged(next(told.glob("*/confirmations.json")))
    next(told.glob("*/source-*.2.json")).unlink()

    _, *ill = look_into(told)

    assert len(ill) == 2
    for number, each in enumerate(ill, 1):
        Path(each.mend.rpartition(" delete ")[2].removesuffix(".")).unlink()
        assert len(look_into(told)) == 1 + len(ill) - number


def test_what_was_set_aside_without_a_note_is_told_too(told: Path) -> None:
    file = next(told.glob("*/confirmations.json"))
    file.with_name("confirmations.json.damaged-1").touch()

    _, ill = look_into(told)

    assert ill.state is State.WARN
    assert f"{file} was found damaged" in ill.sentence
    assert "confirmations.json.damaged-1" in ill.mend


def test_a_store_that_cannot_be_opened_or_read_is_a_finding(told: Path) -> None:
    (unknown,) = check_store(lambda: open_store("sqlite", told))
    assert unknown.state is State.FAIL
    file = next(told.glob("*/profile.json"))
    file.unlink()
    file.mkdir()

    (unreadable,) = look_into(told)

    assert unreadable.state is State.FAIL
    assert "could not be read (Is a directory)" in unreadable.sentence
    assert "ATTACKBOT_STORE" in unreadable.mend


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
