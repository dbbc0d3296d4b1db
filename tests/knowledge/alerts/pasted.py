"""Reads pastes for the tests of the formats, with roles that know nothing but what a message is."""

from __future__ import annotations

from knowledge.alerts.model import Alert, Record, Role
from knowledge.alerts.reading import read_alert
from knowledge.alerts.roles import Roles

ROLES = Roles([("message", Role.MESSAGE), ("msg", Role.MESSAGE), ("full_log", Role.MESSAGE)])


def read(text: str) -> Alert:
    """A paste, read, its places checked."""
    alert = read_alert(text, ROLES)
    check_places(alert)
    return alert


def only(text: str) -> Record:
    """The one record of a paste that is not prose."""
    records = [record for record in read(text).records if record.format != "prose"]
    assert len(records) == 1, [record.format for record in records]
    return records[0]


def formats(text: str) -> list[str]:
    return [record.format for record in read(text).records]


def values(record: Record) -> dict[str, str]:
    """The last value of each path."""
    return {field.path: field.value for field in record.fields}


def place(text: str, record: Record, path: str) -> str:
    """What stands in the paste where a field is."""
    field = next(field for field in record.fields if field.path == path)
    return text[field.start : field.end]


def check_places(alert: Alert) -> None:
    """Every field lies within the paste, and so does every record; one written without escapes is found as it is."""
    length = len(alert.text)
    for record in alert.records:
        assert 0 <= record.start <= record.end <= length
        for field in record.fields:
            assert 0 <= field.start <= field.end <= length
            if len(field.value) == field.end - field.start:
                assert alert.text[field.start : field.end] == field.value
