"""The locks are whole: hashes for everything, one version in both, no address of where a package came from."""

import json
import re
import tomllib

import pytest

LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)(?: ; .+?)? \\$", re.MULTILINE)


def text_of(name: str, pytestconfig: pytest.Config) -> str:
    return (pytestconfig.rootpath / name).read_text(encoding="utf-8")


def pins(name: str, pytestconfig: pytest.Config) -> set[tuple[str, str]]:
    return set(PIN.findall(text_of(name, pytestconfig)))


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_hashes_and_no_address(name: str, pytestconfig: pytest.Config) -> None:
    text = text_of(name, pytestconfig)
    for entry in re.split(r"\n(?=[a-z0-9])", text)[1:]:
        assert "--hash=sha256:" in entry, entry.splitlines()[0]
    assert "://" not in text
    assert "--index-url" not in text


def test_what_runs_is_what_was_tested(pytestconfig: pytest.Config) -> None:
    assert pins("requirements.lock", pytestconfig) <= pins("requirements-dev.lock", pytestconfig)


def test_every_dependency_is_locked(pytestconfig: pytest.Config) -> None:
    project = tomllib.loads(text_of("pyproject.toml", pytestconfig))["project"]
    for lock, extras in (("requirements.lock", ["build"]), ("requirements-dev.lock", ["build", "dev"])):
        groups = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
        wanted = [line for group in groups for line in group]
        names = {re.split(r"[<>=!~\[; ]", line)[0].lower() for line in wanted}
        assert names <= {name for name, _ in pins(lock, pytestconfig)}


def test_the_local_slack_is_locked_by_hash_and_without_hosts(pytestconfig: pytest.Config) -> None:
    lock = json.loads(text_of("package-lock.json", pytestconfig))
    package = json.loads(text_of("package.json", pytestconfig))
    installed = {path: entry for path, entry in lock["packages"].items() if path}
    assert set(package["optionalDependencies"]) == {path.removeprefix("node_modules/") for path in installed}
    for entry in installed.values():
        assert entry["integrity"].startswith("sha512-")
        assert "resolved" not in entry
