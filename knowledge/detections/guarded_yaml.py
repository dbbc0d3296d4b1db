"""YAML from strangers: parsed quickly, and refused before it can grow.

libyaml composes a document by C recursion, which a deeply nested file drives off its stack, and aliases let
a kilobyte stand for gigabytes once something walks the result as a tree. Both show in the event stream, which
costs neither stack nor memory, so a text that could be such a file is run through that first.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from knowledge.detections.errors import DetectionsError

MAX_DEPTH = 60
"""Deepest nesting read; public rules stay below twelve."""

MAX_ALIAS_EXPANSION = 10_000
"""Most nodes that aliases may add to a file; pySigma's own bound."""

MAX_VALUES = 500_000
"""Most values in a file; all of Sigma in one has 240,000."""

_LARGE = 1_000_000
_MAY_ALIAS = re.compile(r"(?:^|[\s\[{,])&\S")
_MAY_NEST = re.compile(r"^(?:[ \t]|[-?:](?=\s)){60}", re.MULTILINE)
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """Leaves dates as text: a rule is no worse for the thirteenth month, and nobody here counts days."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (how PyYAML is told)
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in _Base.yaml_implicit_resolvers.items()
    }


def read_yaml(text: str, where: str) -> list[object]:
    """The documents of a YAML text, empty ones left out.

    Raises:
        DetectionsError: Not YAML, or nested or aliased beyond the bounds above.
    """
    try:
        if len(text) > _LARGE or _may_grow(text):
            _check(text, where)
        return [each for each in yaml.load_all(text, Loader=_Loader) if each is not None]
    except DetectionsError:
        raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f" in line {mark.line + 1}" if mark else ""
        raise DetectionsError(where, f"not well-formed YAML{line} ({error.problem or error.context})") from None
    except yaml.reader.ReaderError as error:
        raise DetectionsError(where, f"not YAML text ({error.reason})") from None
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise DetectionsError(where, f"not well-formed YAML ({_brief(error)})") from None


def _may_grow(text: str) -> bool:
    return bool(_MAY_ALIAS.search(text) or _MAY_NEST.search(text)) or text.count("[") + text.count("{") > MAX_DEPTH


def _check(text: str, where: str) -> None:
    """Measure depth and expanded size from the events alone; linear, and stopped at the first excess."""
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    size = nodes = 0  # as a tree, and as written
    for event in yaml.parse(text, Loader=_Base):
        if isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _ in open_nodes):
                raise DetectionsError(where, f"its YAML alias *{event.anchor} refers to itself")
            size += sizes.get(event.anchor or "", 1)
            nodes += 1
        elif isinstance(event, yaml.CollectionStartEvent):
            size += 1
            nodes += 1
            open_nodes.append((event.anchor, size - 1))
            if len(open_nodes) > MAX_DEPTH:
                raise DetectionsError(where, f"its YAML is nested deeper than {MAX_DEPTH} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_nodes.pop()
            if anchor is not None:
                sizes[anchor] = size - before
        elif isinstance(event, yaml.ScalarEvent):
            size += 1
            nodes += 1
            if event.anchor is not None:
                sizes[event.anchor] = 1
        if nodes > MAX_VALUES:
            raise DetectionsError(where, f"more than {MAX_VALUES:,} values in one file")
        if size - nodes > MAX_ALIAS_EXPANSION:
            raise DetectionsError(where, f"its YAML aliases stand for more than {MAX_ALIAS_EXPANSION:,} further values")


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
