"""What rules look for, as a lexicon."""

from __future__ import annotations

import math

import pytest

from knowledge.catalog import Catalog
from knowledge.mapping import Mapper
from knowledge.mapping.mapper import detection_evidence
from knowledge.mapping.observables import observables_of
from knowledge.mapping.reading import read


def test_a_string_counts_only_where_all_its_words_stand() -> None:
    known = observables_of([["vssadmin.exe delete shadows"], ["reg add"]], [[1], [0]], 3)

    assert known.told(read("C:\\Windows\\vssadmin.exe  DELETE  Shadows /all"))[1] > 0
    assert not known.told(read("vssadmin list shadows")).any()


def test_more_rules_make_a_string_surer_and_rules_of_others_less_sure() -> None:
    one = observables_of([["comsvcs minidump"]], [[0]], 2).told(read("comsvcs MiniDump"))
    two = observables_of([["comsvcs minidump"]] * 2, [[0], [0]], 2).told(read("comsvcs MiniDump"))
    torn = observables_of([["comsvcs minidump"]] * 2, [[0], [1]], 2).told(read("comsvcs MiniDump"))

    assert torn[0] < one[0] < two[0]
    assert one[0] == pytest.approx(-math.log(1 - 1 / 2.5))


def test_a_single_word_is_worth_half() -> None:
    known = observables_of([["comsvcs"]], [[0]], 1).told(read("comsvcs"))

    assert known[0] == pytest.approx(-math.log(1 - 1 / 2.5) / 2)


def test_rules_without_strings_make_no_lexicon(catalog: Catalog, mapper: Mapper) -> None:
    bare = mapper.with_detections([detection_evidence("Shadow copies deleted by hand", ["T1490"])])
    full = mapper.with_detections([detection_evidence("Copies gone", ["T1490"], "", ["vssadmin delete"])])

    assert bare._detections is not None
    assert bare._detections.observables is None
    assert full._detections is not None
    assert full._detections.observables is not None
