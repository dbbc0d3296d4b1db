"""The settings of one bot, read once: built-in defaults, then ``attackbot.toml``, then environment variables.

Every wrong setting is found in one pass and reported in one :class:`SettingsError`, each with the line or the variable
it comes from. A new setting is one field below plus its paragraph in ``attackbot.toml``; a test holds the two together.
"""

import dataclasses
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from config.given import FILE_VARIABLE, Given, Problem, from_environment, from_file

DEFAULT_FILE = Path(__file__).with_name("attackbot.toml")
"""The settings file that is read when no other is named."""

MITRE_INDEX_URL = "https://raw.githubusercontent.com/mitre-attack/attack-stix-data/master/index.json"
"""MITRE's own collection index: every release of every domain with the address of its bundle."""

T = TypeVar("T")

HttpUrl = Annotated[str, Meta(pattern=r"^https?://[^\s/]+\S*$")]
Domain = Literal["enterprise", "mobile", "ics"]


class SettingsError(ValueError):
    """Some settings are wrong.

    Attributes:
        problems: one sentence a wrong setting: where it is, what is wrong with it, what is accepted.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        count = "1 setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        super().__init__("\n".join((f"{count} wrong:", *(f"  {problem}" for problem in problems))))


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must not reach a log. ``repr`` and ``str`` show its kind only; read it from ``value``."""

    value: str = ""

    def __bool__(self) -> bool:
        return bool(self.value)

    def __repr__(self) -> str:
        kind = re.match(r"x(oxb|app|oxp)-", self.value)
        return f"Secret({kind[0] if kind else ''}****)" if self.value else "Secret(unset)"

    __str__ = __repr__


def _setting(default: T, env: str, accepts: str) -> T:
    """A leaf setting: its default, the variable that overrides it, and what it takes, in words."""
    return dataclasses.field(default=default, metadata={"env": env, "accepts": accepts})


@dataclass(frozen=True, slots=True)
class AttackSettings:
    """Where ATT&CK comes from and how much of it is kept."""

    source: Annotated[str, Meta(min_length=1)] = _setting(
        "mitre", "ATTACKBOT_ATTACK_SOURCE", '"mitre", "taxii", "snapshot", a path, or the URL of an index.json'
    )
    index_url: HttpUrl = _setting(
        MITRE_INDEX_URL, "ATTACKBOT_ATTACK_INDEX_URL", "an http:// or https:// address of an index.json"
    )
    domains: Annotated[tuple[Domain, ...], Meta(min_length=1)] = _setting(
        ("enterprise", "mobile", "ics"),
        "ATTACKBOT_ATTACK_DOMAINS",
        'one or more of "enterprise", "mobile", "ics" (a list; in the environment separated by commas)',
    )
    keep_releases: Annotated[int, Meta(ge=1, le=100)] = _setting(
        4, "ATTACKBOT_ATTACK_KEEP_RELEASES", "a whole number from 1 to 100"
    )
    fetch_on_start: bool = _setting(True, "ATTACKBOT_ATTACK_FETCH_ON_START", "true or false")
    max_download_mb: Annotated[int, Meta(ge=1, le=4096)] = _setting(
        200, "ATTACKBOT_ATTACK_MAX_DOWNLOAD_MB", "a whole number of megabytes from 1 to 4096"
    )
    timeout_seconds: Annotated[float, Meta(gt=0, le=600)] = _setting(
        30.0, "ATTACKBOT_ATTACK_TIMEOUT_SECONDS", "a number of seconds above 0 and up to 600"
    )


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """How the bot reaches Slack."""

    command: Annotated[str, Meta(pattern=r"^/[a-z0-9_-]{1,31}$")] = _setting(
        "/attack",
        "ATTACKBOT_SLACK_COMMAND",
        "a slash and up to 31 lower-case letters, digits, hyphens or underscores",
    )
    api_url: HttpUrl = _setting(
        "https://slack.com/api/", "SLACK_API_URL", "an http:// or https:// address, such as https://slack.com/api/"
    )
    bot_token: Secret = _setting(Secret(), "SLACK_BOT_TOKEN", "a bot token, which begins xoxb-")
    app_token: Secret = _setting(Secret(), "SLACK_APP_TOKEN", "an app-level token, which begins xapp-")
    signing_secret: Secret = _setting(Secret(), "SLACK_SIGNING_SECRET", "the app's signing secret")
    operator: Annotated[str, Meta(pattern=r"^([UW][A-Z0-9]{2,30})?$")] = _setting(
        "", "ATTACKBOT_SLACK_OPERATOR", "a Slack user id, such as U0DANA"
    )

    def __post_init__(self) -> None:
        # Slack's client joins method names to this address, which only works with a slash at its end.
        object.__setattr__(self, "api_url", self.api_url.rstrip("/") + "/")


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = _setting(
        "info", "ATTACKBOT_LOG_LEVEL", '"debug", "info", "warning" or "error"'
    )
    format: Literal["text", "json"] = _setting("text", "ATTACKBOT_LOG_FORMAT", '"text" or "json"')


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator may change. ``home`` is always filled in by :func:`load`."""

    home: Path = _setting(Path(), "ATTACKBOT_HOME", "the path of a folder")
    synonyms: Path | None = _setting(None, "ATTACKBOT_SYNONYMS", "the path of a synonyms file (TOML)")
    log_sources: Path | None = _setting(None, "ATTACKBOT_LOG_SOURCES", "the path of a file of log sources (TOML)")
    alert_fields: Path | None = _setting(None, "ATTACKBOT_ALERT_FIELDS", "the path of a file of alert fields (TOML)")
    store: Secret = _setting(
        Secret("tinydb"), "ATTACKBOT_STORE", '"tinydb" or "tinydb:PATH" (it may hold a password, so it is never shown)'
    )
    attack: AttackSettings = AttackSettings()
    slack: SlackSettings = SlackSettings()
    log: LogSettings = LogSettings()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One setting as the reader, the help and the tests see it.

    Attributes:
        name: dotted, as in the file: ``attack.keep_releases``.
        env: the environment variable that overrides it.
        accepts: what it takes, in words.
        hint: its type, with msgspec's constraints.
    """

    name: str
    env: str
    accepts: str
    hint: Any


def leaves(section: type = Settings, prefix: str = "") -> Iterator[Leaf]:
    """Every setting there is, in the order of the file.

    Args:
        section: the dataclass to walk; the whole of :class:`Settings` unless told.
        prefix: put before each name.

    Yields:
        One :class:`Leaf` a setting.
    """
    hints = get_type_hints(section, include_extras=True)
    for field in dataclasses.fields(section):
        hint = hints[field.name]
        if dataclasses.is_dataclass(hint) and "env" not in field.metadata:
            yield from leaves(cast(type, hint), f"{prefix}{field.name}.")
        else:
            yield Leaf(f"{prefix}{field.name}", field.metadata["env"], field.metadata["accepts"], hint)


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the settings: defaults, then the file, then the environment. An empty value means the default.

    Args:
        path: the settings file; when ``None`` the one that ``ATTACKBOT_CONFIG`` names, else ``config/attackbot.toml``.
        environ: the environment, such as ``os.environ``.

    Returns:
        The settings, all checked, with ``home`` set to an absolute or ``~``-expanded folder that may not exist yet.

    Raises:
        SettingsError: when anything is wrong, with every problem found.
    """
    if path is None:
        path = Path(environ[FILE_VARIABLE]) if environ.get(FILE_VARIABLE) else DEFAULT_FILE
    known = {leaf.name: leaf for leaf in leaves()}
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    variables = {leaf.env: name for name, leaf in known.items()}
    for raws, found in (from_file(path, known), from_environment(environ, variables)):
        problems += found
        for name, raw in raws.items():
            try:
                values[name] = _convert(known[name], raw)
            except msgspec.ValidationError as error:
                problems.append(Problem(raw.line, _sentence(known[name], raw, str(error))))
    if problems:
        problems.sort(key=lambda problem: problem.line)
        raise SettingsError(tuple(problem.sentence for problem in problems))
    values.setdefault("home", default_home(environ, sys.platform))
    return _assemble(values)


def default_home(environ: Mapping[str, str], platform: str) -> Path:
    r"""The folder a platform keeps an application's data in.

    Args:
        environ: the environment; ``XDG_DATA_HOME``, ``APPDATA`` and ``HOME`` count.
        platform: as ``sys.platform`` says it.

    Returns:
        ``%APPDATA%\attackbot`` on Windows, ``~/Library/Application Support/attackbot`` on macOS, otherwise
        ``$XDG_DATA_HOME/attackbot`` or ``~/.local/share/attackbot``.
    """
    user = Path(environ["HOME"]) if environ.get("HOME") else Path.home()
    if platform == "win32":
        base = Path(environ["APPDATA"]) if environ.get("APPDATA") else user / "AppData" / "Roaming"
    elif platform == "darwin":
        base = user / "Library" / "Application Support"
    else:
        base = Path(environ["XDG_DATA_HOME"]) if environ.get("XDG_DATA_HOME") else user / ".local" / "share"
    return base / "attackbot"


_BOOLEANS = {"yes": "true", "on": "true", "no": "false", "off": "false", "true": "true", "false": "false"}


def _convert(leaf: Leaf, raw: Given) -> Any:
    value = raw.value
    if isinstance(value, str):
        value = value.strip()
        if leaf.hint is Secret:
            return _secret(value)
        if raw.textual and _is_list(leaf.hint):
            value = [part.strip().lower() for part in value.split(",") if part.strip()]
        elif get_origin(leaf.hint) is Literal:
            value = value.lower()
        elif raw.textual and leaf.hint is bool:
            value = _BOOLEANS.get(value.lower(), value)
    return msgspec.convert(value, leaf.hint, strict=not raw.textual, dec_hook=_path)


def _is_list(hint: Any) -> bool:
    return get_origin(get_args(hint)[0] if get_origin(hint) is Annotated else hint) is tuple


def _secret(value: str) -> Secret:
    if any(letter.isspace() for letter in value):
        raise msgspec.ValidationError("Expected no white space in it")
    return Secret(value)


def _path(kind: type, value: Any) -> Path:
    """Paths, which msgspec does not know."""
    if kind is not Path or not isinstance(value, str):
        raise msgspec.ValidationError(f"Expected `str`, got `{type(value).__name__}`")
    return Path(value).expanduser()


def _sentence(leaf: Leaf, raw: Given, reason: str) -> str:
    shown = "set" if leaf.hint is Secret else msgspec.json.encode(raw.value, enc_hook=str).decode()
    detail = "" if "matching regex" in reason else f" ({reason[:1].lower()}{reason[1:].replace('`', '')})"
    return f"{raw.where}: {leaf.name} is {shown}{detail}; it takes {leaf.accepts}"


def _assemble(values: Mapping[str, Any]) -> Settings:
    tables: dict[str, dict[str, Any]] = {"": {}, "attack": {}, "slack": {}, "log": {}}
    for name, value in values.items():
        table, _, key = name.rpartition(".")
        tables[table][key] = value
    return Settings(
        attack=AttackSettings(**tables["attack"]),
        slack=SlackSettings(**tables["slack"]),
        log=LogSettings(**tables["log"]),
        **tables[""],
    )
