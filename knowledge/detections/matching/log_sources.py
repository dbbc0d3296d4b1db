"""What a record is, in the words of Sigma's log sources, so that only rules for it are tried.

The descriptions stand in ``data/log_sources.toml``; the channels of Windows come from pySigma.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

from knowledge.alerts.paths import path_parts
from knowledge.detections.matching.checks import Check, check_of
from knowledge.detections.matching.event import Event, Value
from knowledge.detections.matching.names import FieldNames, Name, field_names
from knowledge.detections.matching.nodes import Every, How, Item, Node, Some

Source: TypeAlias = "tuple[str, str, str]"
"""A log source as Sigma has it: product, category and service, each empty where it is not said."""

_READ_AS = ("product", "format")
_WINDOWS = "windows"
_SYSTEMS = (_WINDOWS, "linux", "macos")
_PROCESSES = "process_creation"
_VENDOR = "microsoft-windows-"
_LONGEST_SERVICE = 200


@dataclass(frozen=True, slots=True)
class _Description:
    """What tells that a record is of a log source; of several where nothing tells them apart."""

    sources: tuple[Source, ...]
    check: Check


class LogSources:
    """Descriptions of log sources; threads share one.

    Args:
        table: ``data/log_sources.toml``, parsed.
        channels: The channels of each Windows service, as pySigma knows them.
        names: What fields are called.
    """

    def __init__(
        self, table: Mapping[str, Any], channels: Mapping[str, str | Sequence[str]], names: FieldNames
    ) -> None:
        self._names = names
        self._told = self._read(table["source"])
        self._guessed = self._read(table["guess"])
        self._systems = self._read(table["os"], _PROCESSES)
        self._systems_by_look = self._read(table["os_by_look"], _PROCESSES)
        self._services = _services(channels, table[_WINDOWS]["channels"])
        self._categories: Mapping[str, Mapping[str, list[str]]] = table[_WINDOWS]["categories"]
        self._unmistakable = tuple(
            (each["service"], self._check({"where": {"EventID": each["ids"]}, "has": each["has"]}, ""))
            for each in table[_WINDOWS]["unmistakable"]
        )
        self._channel = names.name("Channel")
        self._provider = names.name("Provider_Name")
        self._id = names.name("EventID")

    def of(self, event: Event) -> frozenset[Source]:
        """What a record is: several where Sigma has several words for it, none where it cannot be told."""
        told = {*self._windows(event), *self._holding(self._told, event)}
        if not any(category or service for _, category, service in told):
            guessed = next((each for each in self._guessed if each.check.holds(event)), None)
            told.update(self._holding((guessed,), event) if guessed else ())
        return frozenset(told)

    def _windows(self, event: Event) -> Iterable[Source]:
        """The service a Windows event comes from, and what its id says there."""
        services = self._said_services(event) or [name for name, check in self._unmistakable if check.holds(event)]
        ids = {value.low.strip() for value in event.find(self._id)} if services else set[str]()
        if not services and any(value.low.startswith(_VENDOR) for value in self._said(event)):
            yield (_WINDOWS, "", "")
        for service in services:
            yield (_WINDOWS, "", service)
            for number in ids:
                for category in self._categories.get(service, {}).get(number, ()):
                    yield (_WINDOWS, category, service)

    def _said_services(self, event: Event) -> list[str]:
        """The services of the channel; where it says none that is known, those of the provider."""
        for name in (self._channel, self._provider):
            said = (_channel(value.low[:_LONGEST_SERVICE].strip()) for value in event.find(name))
            if found := {service for each in said for service in self._services.get(each, ())}:
                return sorted(found)
        return []

    def _said(self, event: Event) -> Iterable[Value]:
        return (*event.find(self._channel), *event.find(self._provider))

    def _holding(self, descriptions: Iterable[_Description], event: Event) -> set[Source]:
        found = {source for each in descriptions if each.check.holds(event) for source in each.sources}
        on_systems = {source for source in found if source[0] == "os"}
        if not on_systems:
            return found
        systems = self._systems_of(event)
        return (found - on_systems) | {(system, *source[1:]) for source in on_systems for system in systems}

    def _systems_of(self, event: Event) -> list[str]:
        for descriptions in (self._systems, self._systems_by_look):
            if found := {source[0] for each in descriptions if each.check.holds(event) for source in each.sources}:
                return sorted(found)
        return list(_SYSTEMS)

    def _read(self, entries: Iterable[Mapping[str, Any]], kind: str = "") -> tuple[_Description, ...]:
        found = []
        for each in entries:
            written = [each["is"]] if isinstance(each["is"], str) else each["is"]
            sources = tuple(_source(one) for one in written)
            _, category, service = sources[0]
            found.append(_Description(sources, self._check(each, kind or category or service)))
        return tuple(found)

    def _check(self, entry: Mapping[str, Any], kind: str) -> Check:
        def alternatives(fields: str) -> Node:
            return Some(tuple(Item(field.strip(), "exists") for field in fields.split("|")))

        def name(field: str) -> Name:
            if field in _READ_AS:
                return self._names.read_as(field)
            return Name(path_parts(field)) if field.startswith("=") else self._names.name(field, kind=kind)

        wanted: list[Node] = [_one_of(field, values) for field, values in entry.get("where", {}).items()]
        wanted += (alternatives(fields) for fields in entry.get("has", ()))
        return check_of(Every(tuple(wanted)), name)


@cache
def log_sources() -> LogSources:
    """The log sources that the product knows, read once."""
    from sigma.pipelines.common import windows_logsource_mapping

    text = files(__package__).joinpath("data/log_sources.toml").read_text(encoding="utf-8")
    return LogSources(tomllib.loads(text), windows_logsource_mapping, field_names())


def _source(written: str) -> Source:
    product, category, service = (*written.split("/"), "", "")[:3]
    return product, category, service


def _services(
    known: Mapping[str, str | Sequence[str]], further: Mapping[str, list[str]]
) -> Mapping[str, tuple[str, ...]]:
    """The services by channel or provider, in lower case; some channels have two names for their service."""
    found: dict[str, dict[str, None]] = {}
    for table in (known, further):
        for service, channels in table.items():
            for channel in (channels,) if isinstance(channels, str) else channels:
                found.setdefault(channel.lower(), {})[service] = None
    return {channel: tuple(services) for channel, services in found.items()}


def _channel(said: str) -> str:
    """A channel without what Splunk puts before it: ``XmlWinEventLog:Security``."""
    return re.sub(r"^(?:xml)?wineventlog:", "", said)


def _one_of(field: str, values: Iterable[str]) -> Node:
    return Some(tuple(_item(field, value.lower()) for value in values))


def _item(field: str, pattern: str) -> Item:
    inner = pattern.strip("*")
    if not inner:
        return Item(field, "exists")
    if "*" in inner:
        return Item(field, "re", ("(?is)^" + ".*".join(re.escape(part) for part in pattern.split("*")) + "$",))
    first, last = pattern.startswith("*"), pattern.endswith("*")
    how: How = "has" if first and last else "ends" if first else "starts" if last else "is"
    return Item(field, how, (inner,))
