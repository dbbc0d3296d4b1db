"""Settings: defaults, file, environment, and every wrong one told at once with its place."""

from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from config.settings import DEFAULT_FILE, Leaf, Secret, Settings, SettingsError, default_home, leaves, load
from config.toml_lines import key_lines

HOME = {"HOME": "/home/dana"}

# One value per setting that differs from its default, as the environment would hold it, and what it becomes.
OTHER_VALUES: dict[str, tuple[str, object]] = {
    "home": ("/srv/attackbot", Path("/srv/attackbot")),
    "synonyms": ("/etc/words.toml", Path("/etc/words.toml")),
    "log_sources": ("/etc/logs.toml", Path("/etc/logs.toml")),
    "alert_fields": ("/etc/fields.toml", Path("/etc/fields.toml")),
    "store": ("tinydb:/srv/store", Secret("tinydb:/srv/store")),
    "attack.source": ("snapshot", "snapshot"),
    "attack.index_url": ("http://mirror/index.json", "http://mirror/index.json"),
    "attack.domains": ("ics, Enterprise", ("ics", "enterprise")),
    "attack.keep_releases": ("2", 2),
    "attack.fetch_on_start": ("no", False),
    "attack.max_download_mb": ("10", 10),
    "attack.timeout_seconds": ("2.5", 2.5),
    "slack.command": ("/mitre", "/mitre"),
    "slack.api_url": ("http://127.0.0.1:3000/api", "http://127.0.0.1:3000/api/"),
    "slack.bot_token": ("xoxb-1", Secret("xoxb-1")),
    "slack.app_token": ("xapp-1", Secret("xapp-1")),
    "slack.signing_secret": ("abc", Secret("abc")),
    "slack.operator": ("U0DANA", "U0DANA"),
    "log.level": ("DEBUG", "debug"),
    "log.format": ("json", "json"),
}


def value_of(settings: Settings, name: str) -> object:
    found: object = settings
    for part in name.split("."):
        found = getattr(found, part)
    return found


def problems_of(text: str, folder: Path, environ: dict[str, str] | None = None) -> tuple[str, ...]:
    file = folder / "bot.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load(file, environ or HOME)
    return caught.value.problems


@pytest.mark.parametrize("leaf", tuple(leaves()), ids=lambda leaf: leaf.name)
def test_every_setting_stands_in_the_file_with_its_variable(leaf: Leaf) -> None:
    text = DEFAULT_FILE.read_text(encoding="utf-8")
    lines = key_lines(text)
    assert leaf.name in lines, f"{leaf.name} is missing from config/attackbot.toml"
    paragraph = []
    for line in reversed(text.splitlines()[: lines[leaf.name] - 1]):
        if not line.startswith("#"):
            break
        paragraph.append(line)
    assert len(paragraph) > 1, f"{leaf.name} has no comment above it"
    assert any(line.startswith(f"# Environment: {leaf.env}") for line in paragraph), f"{leaf.env} is not named"


@pytest.mark.parametrize("leaf", tuple(leaves()), ids=lambda leaf: leaf.name)
def test_every_setting_can_be_overridden_by_its_variable(leaf: Leaf) -> None:
    given, expected = OTHER_VALUES[leaf.name]
    assert value_of(load(None, HOME), leaf.name) != expected
    assert value_of(load(None, HOME | {leaf.env: given}), leaf.name) == expected


def test_variables_follow_one_rule() -> None:
    for leaf in leaves():
        own = f"ATTACKBOT_{leaf.name.replace('.', '_').upper()}"
        assert leaf.env == own or (leaf.env.startswith("SLACK_") and leaf.name.startswith("slack.")), leaf.name
    assert len({leaf.env for leaf in leaves()}) == len(list(leaves()))


def test_the_shipped_file_says_the_defaults(tmp_path: Path) -> None:
    empty = tmp_path / "empty.toml"
    empty.touch()
    assert load(None, HOME) == load(empty, HOME)


def test_settings_are_frozen_and_slotted_all_the_way_down() -> None:
    settings = load(None, HOME)
    for part in (settings, *(getattr(settings, field.name) for field in fields(settings))):
        if is_dataclass(part):
            assert not hasattr(part, "__dict__")
            with pytest.raises(AttributeError):
                setattr(part, fields(part)[0].name, None)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    file.write_text('home = "/from/file"\n[attack]\nkeep_releases = 7\n', encoding="utf-8")
    settings = load(file, {"ATTACKBOT_HOME": "/from/environment", "ATTACKBOT_ATTACK_KEEP_RELEASES": " "})
    assert settings.home == Path("/from/environment")
    assert settings.attack.keep_releases == 7


def test_another_file_is_named_by_a_variable(tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    file.write_text("[attack]\nkeep_releases = 7\n", encoding="utf-8")
    assert load(None, HOME | {"ATTACKBOT_CONFIG": str(file)}).attack.keep_releases == 7


def test_all_wrong_settings_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """
keep_releases = 4
[attack]
domains = ["ics", "cloud"]
timeout_seconds = nan
max_download_mb = "12"
[slack]
command = "attack me"
bot_token = 4
"""
    environ = HOME | {"ATTACKBOT_ATTACK_DOMAINS": "ics,space", "SLACK_API_URL": "slack.com", "SLACK_APP_TOKEN": "x y"}
    problems = problems_of(text, tmp_path, environ)
    file = tmp_path / "bot.toml"
    starts = (
        f"{file} line 2: there is no setting keep_releases; did you mean attack.keep_releases?",
        f'{file} line 4: attack.domains is ["ics","cloud"] (',
        f"{file} line 5: attack.timeout_seconds is ",
        f'{file} line 6: attack.max_download_mb is "12" (expected int, got str); it takes a whole number',
        f'{file} line 8: slack.command is "attack me"; it takes a slash',
        f"{file} line 9: slack.bot_token is set (",
        'environment variable ATTACKBOT_ATTACK_DOMAINS: attack.domains is "ics,space" (',
        'environment variable SLACK_API_URL: slack.api_url is "slack.com"; it takes an http:// or https:// address',
        "environment variable SLACK_APP_TOKEN: slack.app_token is set (expected no white space in it); it takes",
    )
    assert len(problems) == len(starts)
    for problem, start in zip(problems, starts, strict=True):
        assert problem.startswith(start)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ('synonims = "x"', "did you mean synonyms?"),
        ('[slak]\ncommand = "/x"', "did you mean slack?"),
        ("[log]\nlevle = 'info'", "did you mean log.level?"),
        ("[attack]\ncommand = '/x'", "did you mean slack.command?"),
        ("zzz = 1", "config/attackbot.toml lists every setting there is"),
        ("slack = 3", "slack is a table of settings, written [slack], not a value"),
    ],
)
def test_an_unknown_setting_is_told_with_the_nearest_known(text: str, nearest: str, tmp_path: Path) -> None:
    (problem,) = problems_of(text, tmp_path)
    assert problem.endswith(nearest)


def test_a_slip_in_a_variable_is_told_and_a_stranger_is_left_alone() -> None:
    with pytest.raises(SettingsError, match=r"ATTACKBOT_HOEM: .* did you mean ATTACKBOT_HOME\?"):
        load(None, {"ATTACKBOT_HOEM": "/x"})
    with pytest.raises(SettingsError, match=r"ATTACKBOT_SLACK_BOT_TOKEN: .* did you mean SLACK_BOT_TOKEN\?"):
        load(None, HOME | {"ATTACKBOT_SLACK_BOT_TOKEN": "xoxb-1"})
    load(None, HOME | {"ATTACKBOT_DEPLOYED_BY": "ansible", "ATTACKBOT_SHARED": "/data"})


@pytest.mark.parametrize(
    ("text", "place"),
    [("home = ", "(at end of document)"), ("[log]\nlevel = ?\n", "(at line 2, column 9)")],
)
def test_a_file_that_is_not_toml_is_told_with_its_place(text: str, place: str, tmp_path: Path) -> None:
    (problem,) = problems_of(text, tmp_path)
    assert problem.startswith(f"{tmp_path / 'bot.toml'}: is not valid TOML: ")
    assert problem.endswith(place)


def test_a_file_that_is_not_there_or_not_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no such settings file"):
        load(tmp_path / "none.toml", HOME)
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path / "bytes.toml", HOME)


def test_secrets_never_show() -> None:
    settings = load(None, HOME | {"SLACK_BOT_TOKEN": "xoxb-very-secret", "SLACK_SIGNING_SECRET": "hush"})
    shown = f"{settings!r} {settings.slack.bot_token} {settings.slack.signing_secret!r}"
    assert "very-secret" not in shown
    assert "hush" not in shown
    assert "Secret(xoxb-****)" in shown
    with pytest.raises(SettingsError) as caught:
        load(None, HOME | {"SLACK_BOT_TOKEN": "xoxb- very-secret"})
    assert "very-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("platform", "environ", "home"),
    [
        ("linux", {"HOME": "/home/dana"}, Path("/home/dana/.local/share/attackbot")),
        ("linux", {"HOME": "/home/dana", "XDG_DATA_HOME": "/data"}, Path("/data/attackbot")),
        ("darwin", {"HOME": "/Users/dana"}, Path("/Users/dana/Library/Application Support/attackbot")),
        ("win32", {"HOME": "C:/dana", "APPDATA": "C:/dana/Roaming"}, Path("C:/dana/Roaming/attackbot")),
        ("win32", {"HOME": "C:/dana"}, Path("C:/dana/AppData/Roaming/attackbot")),
    ],
)
def test_the_default_home_is_the_platforms_own(platform: str, environ: dict[str, str], home: Path) -> None:
    assert default_home(environ, platform) == home


def test_lines_of_keys_in_tables_and_quoted() -> None:
    text = 'a = 1\n\n[ b ] # table\n"c" = 2\nd.e = 3\n  f=4\n# g = 5\n'
    assert key_lines(text) == {"a": 1, "b": 3, "b.c": 4, "b.d.e": 5, "b.f": 6}
