"""Phrases are found as words, whatever stands between."""

from __future__ import annotations

import pytest

from knowledge.catalog import Catalog
from knowledge.mapping.evidence import current_ids
from knowledge.mapping.lexicon import find, lexicon_of, phrase_of, shipped_lexicon
from knowledge.mapping.reading import read

BOOK = lexicon_of(
    (phrase_of(text), technique, 0.5, text)
    for text, technique in (("vssadmin delete shadows", "T1490"), ("firewall + disable", "T1562.004"))
)


def found(text: str) -> list[str]:
    reading = read(text)
    return [BOOK.written[hit.phrase] for hit in find(BOOK, reading.forms, reading.clause, reading.weights)]


@pytest.mark.parametrize(
    "text",
    [
        'vssadmin.exe  "delete" SHADOWS /all',
        "cmd /c vss^admin delete shadows",
        "C:\\Windows\\System32\\vssadmin.exe delete shadows",
    ],
)
def test_a_run_of_words_is_found_however_it_is_written(text: str) -> None:
    assert found(text) == ["vssadmin delete shadows"]


def test_parts_stand_in_any_order() -> None:
    assert found("Disabled the host firewall") == ["firewall + disable"]
    assert found("the firewall was later disabled") == ["firewall + disable"]


def test_parts_must_stand_near_each_other() -> None:
    assert found("firewall " + "then the other machine " * 40 + "was disabled") == []


def test_a_part_in_another_order_is_no_run() -> None:
    assert found("delete vssadmin shadows") == []


def test_a_hit_says_where_it_stands() -> None:
    reading = read("Note\nthen vssadmin delete shadows")
    [hit] = find(BOOK, reading.forms, reading.clause, reading.weights)
    text = "Note\nthen vssadmin delete shadows"
    assert text[reading.starts[hit.first] : reading.ends[hit.last]] == "vssadmin delete shadows"


def test_every_shipped_phrase_leads_to_a_technique_of_the_release(real_catalog: Catalog) -> None:
    ids = {technique for claims in shipped_lexicon().claims for technique, _ in claims}
    assert [each for each in sorted(ids) if not current_ids(real_catalog, (each,))] == []
