"""A TOML file as sections of lines, so that some can be replaced and the others stay as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import StringIO

_HEADER = re.compile(r"\s*\[\[?\s*(?P<name>[\w.\"'\s-]+?)\s*\]\]?\s*(?:#.*)?$")
_VALUE = re.compile(r"(?P<key>\s*(?P<name>\w+)\s*=\s*)(?P<quote>[\"'])(?P<value>[^\"'\\]*)(?P=quote)(?=\s*(?:#.*)?$)")
_TRIPLES = ('"""', "'''")


@dataclass(frozen=True, slots=True)
class Section:
    """A table header with the lines below it, or what stands before the first one.

    Attributes:
        name: Such as ``rule.threat.technique``; empty before the first header.
        lines: With their line endings, blank ones behind the last value among them.
    """

    name: str
    lines: tuple[str, ...]

    def value(self, key: str) -> str:
        """The text a key is set to on a line of its own; empty where it is not."""
        matches = (_VALUE.match(line) for line in self.lines)
        return next((match["value"] for match in matches if match and match["name"] == key), "")

    def with_values(self, values: dict[str, str]) -> Section:
        """The same lines with other texts behind some keys, in the author's quotes."""
        lines = []
        for line in self.lines:
            match = _VALUE.match(line)
            if match and match["name"] in values:
                quote = match["quote"]
                value = f"{match['key']}{quote}{values[match['name']]}{quote}"
                lines.append(value + line[match.end() :])
            else:
                lines.append(line)
        return replace(self, lines=tuple(lines))

    def bare(self) -> Section:
        """Without the blank lines at its end."""
        lines = list(self.lines)
        while lines and not lines[-1].strip():
            lines.pop()
        return replace(self, lines=tuple(lines))


def sections(text: str) -> list[Section]:
    """A well-formed TOML text by its table headers; joining all lines gives the text."""
    found = [Section("", ())]
    lines: list[str] = []
    quote, depth = "", 0
    for line in StringIO(text):  # by line feeds, the only ends of a line that TOML has
        header = None if quote or depth else _HEADER.match(line)
        if header:
            found[-1] = replace(found[-1], lines=tuple(lines))
            found.append(Section(_dotted(header["name"]), ()))
            lines = []
        else:
            quote, depth = _state_after(line, quote, depth)
        lines.append(line)
    found[-1] = replace(found[-1], lines=tuple(lines))
    return found


def joined(parts: Sequence[Section]) -> str:
    """The text of sections, one after the other."""
    return "".join(line for part in parts for line in part.lines)


def _dotted(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in name.split("."))


def _state_after(line: str, quote: str, depth: int) -> tuple[str, int]:
    """Which triple quote is open behind a line, and how many brackets."""
    at = 0
    while at < len(line):
        char = line[at]
        if quote:
            if quote == '"""' and char == "\\":
                at += 2
            elif line.startswith(quote, at):
                quote, at = "", at + 3
            else:
                at += 1
        elif char == "#":
            break
        elif line.startswith(_TRIPLES, at):
            quote, at = line[at : at + 3], at + 3
        elif char in "\"'":
            at = _end_of_string(line, at)
        else:
            depth += (char in "[{") - (char in "]}")
            at += 1
    return quote, depth


def _end_of_string(line: str, at: int) -> int:
    quote, at = line[at], at + 1
    while at < len(line) and line[at] != quote:
        at += 2 if line[at] == "\\" and quote == '"' else 1
    return at + 1
