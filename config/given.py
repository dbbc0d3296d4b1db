"""What a settings file and the environment say, before anybody asks whether it is right.

The places of values travel with them, so that whoever finds one wrong can say where it stands.
"""

import difflib
import sys
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.toml_lines import key_lines

PREFIX = "ATTACKBOT_"
"""What the variables of this program begin with, but for Slack's own."""

FILE_VARIABLE = "ATTACKBOT_CONFIG"
"""Names another settings file."""

_NO_LINE = sys.maxsize
"""The line of what no file says: variables are told after everything in the file."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value as somebody wrote it.

    Attributes:
        value: As TOML has it, or the variable's text.
        where: The place, for messages.
        line: For sorting; 0 where it is not known.
        textual: Whether it comes from where all values are text.
    """

    value: Any
    where: str
    line: int
    textual: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and the line to sort it by."""

    line: int
    sentence: str


def from_file(path: Path, known: Collection[str]) -> tuple[dict[str, Given], list[Problem]]:
    """What a settings file says.

    Args:
        path: The TOML file.
        known: The dotted names of all settings.

    Returns:
        By name what is given, empty strings left out; and everything in the file that is no setting.
    """
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except FileNotFoundError:
        reason = "there is no such settings file; copy config/attackbot.toml there or name another"
        return {}, [Problem(0, f"{path}: {reason}")]
    except tomllib.TOMLDecodeError as error:
        return {}, [Problem(0, f"{path}: is not valid TOML: {error}")]
    except (OSError, UnicodeDecodeError) as error:
        return {}, [Problem(0, f"{path}: cannot be read ({error})")]
    lines = key_lines(text)
    tables = {name.rpartition(".")[0] for name in known} - {""}
    given: dict[str, Given] = {}
    problems: list[Problem] = []
    for name, value in _flatten(document, tables):
        line = lines.get(name, 0)
        where = f"{path} line {line}" if line else str(path)
        if name in tables:
            problems.append(Problem(line, f"{where}: {name} is a table of settings, written [{name}], not a value"))
        elif name not in known:
            problems.append(Problem(line, f"{where}: there is no setting {name}; {_nearest(name, known, tables)}"))
        elif value != "":
            given[name] = Given(value, where, line, textual=False)
    return given, problems


def from_environment(
    environ: Mapping[str, str], variables: Mapping[str, str]
) -> tuple[dict[str, Given], list[Problem]]:
    """What the environment says.

    Args:
        environ: The environment.
        variables: Variable to the dotted name of its setting.

    Returns:
        By name what is given, blank values left out; and variables that are this program's but misspelt.
    """
    given = {
        name: Given(environ[variable], f"environment variable {variable}", _NO_LINE, textual=True)
        for variable, name in variables.items()
        if environ.get(variable, "").strip()
    }
    bare = {variable.removeprefix(PREFIX): variable for variable in (*variables, FILE_VARIABLE)}
    problems = []
    for variable in sorted(environ):
        if variable.startswith(PREFIX) and variable not in bare.values():
            # Other programs may use the prefix for their own: only what is a slip of the pen is an error.
            meant = difflib.get_close_matches(variable.removeprefix(PREFIX), bare, n=1, cutoff=0.7)
            if meant:
                told = f"there is no such setting; did you mean {bare[meant[0]]}?"
                problems.append(Problem(_NO_LINE, f"environment variable {variable}: {told}"))
    return given, problems


def _flatten(document: Mapping[str, Any], tables: set[str], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in document.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and name in tables:
            yield from _flatten(value, tables, f"{name}.")
        else:
            yield name, value


def _nearest(name: str, known: Collection[str], tables: set[str]) -> str:
    candidates = (*known, *sorted(tables))
    tail = name.rpartition(".")[2]
    close = [full for full in known if full.rpartition(".")[2] == tail]
    close += difflib.get_close_matches(name, candidates, n=1, cutoff=0.6)
    if not close:
        tails = {full.rpartition(".")[2]: full for full in candidates}
        close = [tails[match] for match in difflib.get_close_matches(tail, tails, n=1, cutoff=0.6)]
    return f"did you mean {close[0]}?" if close else "config/attackbot.toml lists every setting there is"
