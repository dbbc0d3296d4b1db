"""The operator's file of log sources, read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from knowledge.coverage.log_sources import LogSourceEntry, LogSources
from knowledge.errors import LocatedError
from knowledge.toml_file import read_toml

_NAMES = ("windows", "elastic", "splunk", "sentinel", "attack")
_KEYS = ("components", "platforms", "sigma", *_NAMES)


class LogSourcesError(LocatedError, ValueError):
    """A file of log sources that cannot be used."""


def read_log_sources(raw: bytes, where: str) -> LogSources:
    """Read a TOML file with one table a log source; what its keys mean stands at the top of the shipped one.

    Args:
        raw: The file's contents, UTF-8.
        where: The file's name, for messages.

    Raises:
        LogSourcesError: It is not TOML, or a table has an unknown key or a value that is no list of texts.
    """
    text, tree = read_toml(raw, where, LogSourcesError)
    return LogSources(_entry(name, table, where, text) for name, table in tree.items())


def _entry(name: str, table: object, where: str, text: str) -> LogSourceEntry:
    line = _line(text, name)
    if not isinstance(table, Mapping):
        raise LogSourcesError(where, f'"{name}" must be a table: ["{name}"] on a line of its own', line)
    for key in table:
        if key not in _KEYS:
            close = difflib.get_close_matches(str(key), _KEYS, 1)
            hint = f"; did you mean {close[0]}?" if close else f"; there are {', '.join(_KEYS)}"
            raise LogSourcesError(where, f'"{name}" has an unknown key {key}{hint}'.rstrip("?"), line)
    lists = {key: _texts(name, key, table.get(key, []), where, line) for key in _KEYS}
    return LogSourceEntry(
        name=name,
        components=lists["components"],
        platforms=lists["platforms"],
        sigma=tuple(_triple(name, each, where, line) for each in lists["sigma"]),
        names=tuple(each for key in _NAMES for each in lists[key]),
    )


def _texts(name: str, key: str, value: object, where: str, line: int) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise LogSourcesError(where, f'"{name}": {key} must be a list of texts', line)
    return tuple(value)


def _triple(name: str, pattern: str, where: str, line: int) -> tuple[str, str, str]:
    parts = pattern.split("/")
    if len(parts) != 3:
        problem = f'"{name}": "{pattern}" must be product/category/service, such as "windows/process_creation/*"'
        raise LogSourcesError(where, problem, line)
    return parts[0], parts[1], parts[2]


def _line(text: str, name: str) -> int:
    """The line a table starts on; 0 where an unusual spelling hides it."""
    header = re.compile(rf"\s*(\[\s*)?[\"']?{re.escape(name)}[\"']?\s*[\]=]")
    return next((number for number, line in enumerate(text.splitlines(), 1) if header.match(line)), 0)
