"""What the encoder is given: prose as it stands, of records what tells."""

from __future__ import annotations

import base64

from knowledge.alerts.reading import read_alert
from knowledge.mapping.reading import read, read_records, select
from knowledge.mapping.telling import MOST, telling_text
from tests.builders import roles


def _telling(text: str) -> str:
    alert = read_alert(text, roles())
    return telling_text(read_records(alert, alert.records))


def test_prose_is_given_as_it_stands() -> None:
    text = "Shadow copies deleted\nvssadmin ran on two servers. It took a minute."
    assert telling_text(read(text)) == text


def test_what_was_left_out_of_prose_is_left_out() -> None:
    filler = "nothing to see here " * 12
    reading = read(f"First sentence of all.\n{filler}\nLast sentence of all.")
    assert telling_text(select(reading, [0, len(reading.stretches) - 1])).count("nothing") == 0


def test_a_record_gives_its_telling_fields_the_action_in_words() -> None:
    told = _telling(
        '{"eventTime": "2026-03-01T10:00:00Z", "eventSource": "iam.amazonaws.com", '
        '"eventName": "UpdateAssumeRolePolicy", "awsRegion": "eu-west-1",'
        ' "requestID": "0b1f4c1e-0000-4000-8000-000000000000", "eventVersion": "1.08"}'
    )
    assert "Update Assume Role Policy" in told
    assert "0b1f4c1e" not in told
    assert "2026-03-01" not in told


def test_encoded_parts_are_given_decoded() -> None:
    run = base64.b64encode("vssadmin delete shadows /all /quiet".encode("utf-16-le")).decode()
    assert "vssadmin delete shadows" in telling_text(read(f"powershell -enc {run}"))


def test_it_is_short_whatever_the_paste() -> None:
    assert len(_telling("word " * 50_000)) <= MOST
