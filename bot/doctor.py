"""What `attackbot doctor` looks at: tokens, scopes, data, clock and disk, and how to mend each.

Every check takes what it looks at and returns findings. None reads the settings; only `ask_slack` touches a network.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path

import requests
import yaml

from knowledge.errors import LibraryError
from knowledge.library import Held, Library, SetAside
from knowledge.model import Domain
from knowledge.store import Store, StoreError

SIGNING_SECONDS = 300
"""How old a request may be before Slack's signing scheme calls it a replay."""

SKEW_WORTH_A_WORD_SECONDS = 60
RELEASE_OLD_DAYS = 270
"""MITRE publishes twice a year: past nine months there is a newer release."""

DISK_FAIL_MB = 50
DISK_WARN_MB = 500
"""A release takes some tens of megabytes on disk, and a download up to 50 MB beside it for a while."""


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: What was looked at, in a word or two.
        sentence: What is the case.
        mend: What to do about it; empty when all is well.
    """

    name: str
    state: State
    sentence: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class SlackAnswer:
    """What a Web API method answered. Header names are in lower case."""

    body: Mapping[str, object]
    headers: Mapping[str, str] = field(default_factory=dict)


AskSlack = Callable[[str, str], SlackAnswer]
"""Method address and token in, answer out; `OSError` when there is none."""


def ask_slack(url: str, token: str) -> SlackAnswer:
    """POST to one Web API method.

    Raises:
        OSError: Slack cannot be reached, or what answers is not Slack.
    """
    response = requests.post(url, headers={"Authorization": f"Bearer {token}"}, timeout=10)
    try:
        body = response.json()
    except requests.JSONDecodeError as error:
        raise OSError(f"it answered {response.status_code} and no JSON") from error
    if not isinstance(body, dict):
        raise OSError("it answered JSON, but not as Slack does")
    return SlackAnswer(body, {name.lower(): value for name, value in response.headers.items()})


def check_tokens(bot_token: str, app_token: str) -> tuple[Finding, ...]:
    """Whether both tokens are there and each is of its kind."""
    return (
        _token("bot token", bot_token, "xoxb-", "SLACK_BOT_TOKEN", "'OAuth & Permissions', after installing the app"),
        _token(
            "app token", app_token, "xapp-", "SLACK_APP_TOKEN", "'Basic Information', with the scope connections:write"
        ),
    )


def _token(name: str, token: str, kind: str, variable: str, place: str) -> Finding:
    where = f"export {variable} with the token that begins {kind}; it is on the app's page under {place}"
    if not token:
        return Finding(
            name, State.FAIL, f"There is no {name}.", f"Create the app from `attackbot manifest`, then {where}."
        )
    if not token.startswith(kind):
        begins = token[:5] if token[:1] == "x" and token[4:5] == "-" else "otherwise"
        return Finding(name, State.FAIL, f"{variable} begins {begins}, not {kind}.", f"{where[0].upper()}{where[1:]}.")
    return Finding(name, State.OK, f"The {name} is there.")


def check_slack(
    api_url: str, *, bot_token: str, app_token: str, wanted: Iterable[str], ask: AskSlack, now: datetime
) -> tuple[Finding, ...]:
    """Whether Slack takes the tokens, grants the scopes, and agrees about the time.

    Args:
        api_url: The Web API's address with its closing slash.
        bot_token: Without one nothing is asked.
        app_token: Without one Socket Mode is not asked about.
        wanted: The bot scopes that the manifest asks for.
        ask: How to call a method.
        now: This machine's time, with its zone.

    Returns:
        Findings for the sign-in, the scopes and the clock, and for Socket Mode when there is an app token.
    """
    if not bot_token:
        return ()
    try:
        answer = ask(f"{api_url}auth.test", bot_token)
    except OSError as error:
        return (
            Finding(
                "sign-in",
                State.FAIL,
                f"Slack cannot be reached at {api_url}: {error}.",
                "Check the network, the proxy (HTTPS_PROXY) and SLACK_API_URL.",
            ),
        )
    findings = [_sign_in(answer)]
    if answer.body.get("ok"):
        findings.append(_scopes(answer, wanted))
    findings.append(_clock(answer, now))
    if app_token:
        findings.append(_socket_mode(api_url, app_token, ask))
    return tuple(findings)


def _sign_in(answer: SlackAnswer) -> Finding:
    if answer.body.get("ok"):
        return Finding("sign-in", State.OK, f"Signed in to {answer.body.get('team')} as @{answer.body.get('user')}.")
    error = str(answer.body.get("error", "no reason given"))
    return Finding(
        "sign-in",
        State.FAIL,
        f"Slack refuses the bot token: {error}.",
        "Install the app to the workspace again and export the new SLACK_BOT_TOKEN.",
    )


def _scopes(answer: SlackAnswer, wanted: Iterable[str]) -> Finding:
    header = answer.headers.get("x-oauth-scopes")
    if header is None:
        return Finding(
            "scopes",
            State.WARN,
            "Slack did not say which scopes the token has.",
            "A local Slack never does; for a real one, compare the app's scopes with `attackbot manifest`.",
        )
    granted = {scope.strip() for scope in header.split(",")}
    missing = sorted(set(wanted) - granted)
    if not missing:
        return Finding("scopes", State.OK, "The bot has every scope of the manifest.")
    return Finding(
        "scopes",
        State.FAIL,
        f"The bot lacks {', '.join(missing)}.",
        "Put the output of `attackbot manifest` on the app's page under 'App Manifest', and install the app again.",
    )


def _clock(answer: SlackAnswer, now: datetime) -> Finding:
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return Finding("clock", State.WARN, "Slack's answer bore no date to compare the clock with.")
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    skew = round(abs((now - theirs).total_seconds()))
    mend = "Set this machine's clock by the network (NTP)."
    if skew > SIGNING_SECONDS:
        return Finding(
            "clock",
            State.FAIL,
            f"This clock is {skew} s off Slack's; requests older than {SIGNING_SECONDS} s are refused.",
            mend,
        )
    if skew > SKEW_WORTH_A_WORD_SECONDS:
        return Finding("clock", State.WARN, f"This clock is {skew} s off Slack's.", mend)
    return Finding("clock", State.OK, f"This clock agrees with Slack's to {skew} s.")


def _socket_mode(api_url: str, app_token: str, ask: AskSlack) -> Finding:
    try:
        body = ask(f"{api_url}apps.connections.open", app_token).body
        error = "" if body.get("ok") else str(body.get("error", "no reason given"))
    except OSError as failure:
        error = str(failure)
    if not error:
        return Finding("socket mode", State.OK, "Slack opens a Socket Mode connection for the app token.")
    return Finding(
        "socket mode",
        State.FAIL,
        f"Slack opens no Socket Mode connection: {error}.",
        "Switch Socket Mode on, and give the app token the scope connections:write ('Basic Information').",
    )


def check_library(library: Library, domains: Iterable[Domain], today: date) -> tuple[Finding, ...]:
    """The releases on disk, as `check_data` sees them, and one finding for each that was set aside as damaged.

    Args:
        library: Where they lie.
        domains: The domains the settings name.
        today: The day to count ages to.
    """
    try:
        held = library.releases()
        return (*check_data(held, domains, today), *map(_set_aside, library.set_aside()))
    except LibraryError as error:
        return (Finding("data", State.FAIL, str(error), "Mend that, or set ATTACKBOT_HOME to another folder."),)


def check_data(held: Sequence[Held], domains: Iterable[Domain], today: date) -> tuple[Finding, ...]:
    """Which releases are on disk, which answers come from, and how old those are.

    Args:
        held: The library's releases.
        domains: The domains the settings name.
        today: The day to count ages to.

    Returns:
        One finding a domain.
    """
    return tuple(_domain(domain, held, today) for domain in domains)


def _domain(domain: Domain, held: Sequence[Held], today: date) -> Finding:
    name = f"data: {domain.value}"
    fetch = "Run `attackbot sync`, or `attackbot sync --from PATH` with a bundle where there is no network."
    mine = [each for each in held if each.release.domain == domain]
    current = next((each.release for each in mine if each.current), None)
    if not mine:
        return Finding(name, State.WARN, f"No release of {domain.value} is on disk yet.", fetch)
    if current is None:
        said = f"The release of {domain.value} that was chosen is not on disk; {mine[0].release.label} answers."
        return Finding(name, State.WARN, said, fetch)
    others = f" {len(mine) - 1} more on disk." if len(mine) > 1 else ""
    if current.snapshot:
        return Finding(
            name, State.WARN, f"{current.label} answers: no procedures and no detections in it.{others}", fetch
        )
    age = _age_days(current.published, today)
    if age is not None and age > RELEASE_OLD_DAYS:
        return Finding(name, State.WARN, f"{current.label} answers; it is {age} days old.{others}", fetch)
    aged = "" if age is None else f", {age} days old"
    return Finding(name, State.OK, f"{current.label} answers{aged}.{others}")


def _set_aside(release: SetAside) -> Finding:
    return Finding(
        f"damaged: {release.name}",
        State.WARN,
        f"The release {release.name} was found damaged. It was set aside as {release.path}, and no good copy has "
        "taken its place.",
        f"Run `attackbot sync` for the newest release or `{release.fetch}` for this one, or delete {release.path}.",
    )


def check_store(open_store: Callable[[], Store]) -> tuple[Finding, ...]:
    """Whether what the teams told can be read, all of it, and what of it was ever found damaged.

    Args:
        open_store: Opens the store; `StoreError` when there is none, or it cannot be reached.

    Returns:
        One finding for the store, and one for each file that was set aside.
    """
    try:
        with closing(open_store()) as store:
            workspaces = store.workspaces()
            for each in workspaces:
                store.contents(each)  # what is damaged is noticed when it is read, and only then
            problems = store.problems()
    except StoreError as error:
        mend = "Check ATTACKBOT_STORE, and that the bot may read and write what it names."
        return (Finding("store", State.FAIL, str(error), mend),)
    held = f"{len(workspaces)} workspace{'' if len(workspaces) == 1 else 's'}"
    return (
        Finding("store", State.OK, f"What the teams told can be read, of {held}."),
        *(
            Finding(f"damaged: {each.path.name}", State.FAIL if each.lost else State.WARN, each.text, each.mend)
            for each in problems
        ),
    )


def _age_days(published: str, today: date) -> int | None:
    try:
        return max(0, (today - date.fromisoformat(published[:10])).days)
    except ValueError:
        return None


def check_home(home: Path, free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free) -> Finding:
    """Whether the folder of all state can be written to and has room.

    Args:
        home: The folder; made when missing.
        free_bytes: How much room is where a path lies.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home) as probe:
            probe.write(b"attackbot")
        free = free_bytes(home) // 1_000_000
    except OSError as error:
        reason = error.strerror or str(error)
        return Finding(
            "home",
            State.FAIL,
            f"{home} cannot be written to: {reason}.",
            "Give the bot that folder, or set ATTACKBOT_HOME.",
        )
    mend = "Make room, or set ATTACKBOT_HOME to a folder on a roomier disk."
    if free < DISK_FAIL_MB:
        return Finding("home", State.FAIL, f"Only {free} MB are free at {home}.", mend)
    if free < DISK_WARN_MB:
        return Finding("home", State.WARN, f"{free} MB are free at {home}; a new release may not fit.", mend)
    return Finding("home", State.OK, f"{home} can be written to, with {free / 1000:.0f} GB free.")


def check_synonyms(path: Path | None, read: Callable[[Path], int]) -> Finding:
    """Whether the operator's own words can be used.

    Args:
        path: The file, or `None` when the settings name none.
        read: Reads it and returns how many words it has; `ValueError` or `OSError` when it cannot be used.
    """
    if path is None:
        return Finding("synonyms", State.OK, "No synonyms file of your own; the shipped one is used.")
    try:
        count = read(path)
    except (ValueError, OSError) as error:
        return Finding(
            "synonyms", State.FAIL, f"{path} cannot be used: {error}", "Write it in the form of config/synonyms.toml."
        )
    return Finding("synonyms", State.OK, f"{path} adds {count} words.")


def wanted_scopes(manifest: str) -> tuple[str, ...]:
    """The bot scopes that a Slack manifest asks for.

    Args:
        manifest: The manifest's YAML.

    Raises:
        ValueError: It is not a Slack manifest.
    """
    try:
        scopes = yaml.safe_load(manifest)["oauth_config"]["scopes"]["bot"]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise ValueError("config/manifest.yaml is not a Slack manifest: oauth_config.scopes.bot is missing") from error
    return tuple(map(str, scopes))
