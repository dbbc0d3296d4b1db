"""Fields and prose become weighted stretches of words, each with its place in the paste."""

from __future__ import annotations

import pytest

from knowledge.alerts.model import Alert, Field, Record, Role
from knowledge.mapping.clauses import TITLE
from knowledge.mapping.reading import MAX_FIELDS, WEIGHTS, Reading, read, read_records


def _record(*fields: tuple[str, str, Role]) -> tuple[str, Reading]:
    """A record whose fields stand one a line as they are."""
    text = "\n".join(f"{path}={value}" for path, value, _ in fields)
    found, at = [], 0
    for path, value, role in fields:
        start = at + len(path) + 1
        found.append(Field(path, value, start, start + len(value), role))
        at = start + len(value) + 1
    alert = Alert(text, (Record("key_value", tuple(found), 0, len(text)),))
    return text, read_records(alert, alert.records)


def _words(reading: Reading) -> list[str]:
    return [forms[0] for forms in reading.forms]


def test_words_are_read_from_values_and_weighed_by_the_part_they_play() -> None:
    text, reading = _record(("rule.name", "Odd Login", Role.TITLE), ("cmd", "whoami", Role.COMMAND))
    assert _words(reading) == ["odd", "login", "whoami"]
    assert [stretch.weight for stretch in reading.stretches] == [TITLE, WEIGHTS[Role.COMMAND]]
    assert [stretch.field for stretch in reading.stretches] == ["name", "cmd"]
    places = zip(reading.starts, reading.ends, strict=True)
    assert [text[start:end] for start, end in places] == ["Odd", "Login", "whoami"]


@pytest.mark.parametrize("role", [Role.NOISE, Role.USER, Role.HOST, Role.ADDRESS, Role.SECRET])
def test_what_says_nothing_of_the_act_is_not_read(role: Role) -> None:
    _, reading = _record(("x", "svc_sql", role), ("cmd", "whoami", Role.COMMAND))
    assert _words(reading) == ["whoami"]


def test_a_detail_is_read_with_its_name() -> None:
    text, reading = _record(("spec.privileged", "true", Role.DETAIL))
    assert set(_words(reading)) == {"true", "privileg"}
    assert {text[start:end] for start, end in zip(reading.starts, reading.ends, strict=True)} == {"true"}


def test_a_value_written_with_escapes_has_the_place_of_the_whole() -> None:
    text = '{"cmd": "746f75636820"}'
    field = Field("cmd", "touch /tmp/x", 9, 21, Role.COMMAND)
    record = Record("auditd", (field,), 0, len(text))
    reading = read_records(Alert(text, (record,)), (record,))
    assert "touch" in _words(reading)
    assert {(start, end) for start, end in zip(reading.starts, reading.ends, strict=True)} == {(9, 21)}


def test_a_bare_number_counts_less_than_a_word() -> None:
    counts = read("status 4769 ticket").counts()
    assert counts["4769"] < counts["ticket"]


def test_a_record_of_a_thousand_fields_is_read_by_its_most_telling() -> None:
    many = [(f"f{at}", f"word{at}", Role.DETAIL) for at in range(MAX_FIELDS + 50)]
    _, reading = _record(*many, ("cmd", "whoami", Role.COMMAND))
    assert "whoami" in _words(reading)
