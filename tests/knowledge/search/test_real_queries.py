"""The look-up over release 18.1: four hundred queries of our own, and thousands that nobody would type."""

from __future__ import annotations

import os
import random
import time

import pytest

from knowledge.catalog import Catalog
from knowledge.model import Kind
from knowledge.search import Lookup
from tests.knowledge.search.conftest import own_queries

pytestmark = pytest.mark.shared

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789 .-_/\\'\"()[]{}<>|$&@#%T1059\u202e\u200b\x00é漢🙂ⅣＴ"


def test_every_wanted_id_is_current(real_catalog: Catalog) -> None:
    wanted = {attack_id for _, ids in own_queries() for attack_id in ids}
    assert {attack_id for attack_id in wanted if real_catalog.get(attack_id) is None} == set()


def test_own_queries_find_what_they_mean(real_lookup: Lookup) -> None:
    queries = own_queries()
    missed, lost = [], []
    for query, ids in queries:
        found = [match.object.id for match in real_lookup.find(query).matches]
        if found[0] not in ids:
            missed.append((query, found[:3]))
            if not ids & set(found[:3]):
                lost.append((query, found[:3]))
    assert len(missed) <= 0.03 * len(queries), missed
    assert len(lost) <= 0.01 * len(queries), lost


def test_what_is_called_clear_is_right(real_lookup: Lookup) -> None:
    wrong = [
        (query, answer.matches[0].object.id)
        for query, ids in own_queries()
        if (answer := real_lookup.find(query)).clear and answer.matches[0].object.id not in ids
    ]
    assert len(wrong) <= 2, wrong


def test_every_current_object_is_found_by_id_and_by_name(real_catalog: Catalog, real_lookup: Lookup) -> None:
    for item in real_catalog.objects():
        assert real_lookup.find(item.id).matches[0].object is item
        if item.kind in (Kind.GROUP, Kind.SOFTWARE, Kind.CAMPAIGN, Kind.ASSET, Kind.TACTIC):
            best = [match.object.name for match in real_lookup.find(item.name).matches[:3]]
            assert item.name in best, (item.id, item.name, best)


def test_the_three_ways_of_saying_detection_are_told_apart(real_lookup: Lookup) -> None:
    assert real_lookup.find("process hollowing").matches[0].object.kind is Kind.TECHNIQUE
    assert (
        real_lookup.find("detection strategy for process hollowing").matches[0].object.kind is Kind.DETECTION_STRATEGY
    )
    assert real_lookup.find("process creation", kind=Kind.DATA_COMPONENT).matches[0].object.id == "DC0032"


def random_queries(count: int, names: list[str]) -> list[str]:
    source = random.Random(18)  # noqa: S311 - reproducible, not secret
    queries = []
    for number in range(count):
        if number % 5 == 0:
            query = "".join(source.choices(LETTERS, k=source.randrange(60)))
        elif number % 50 == 1:
            query = "".join(source.choices(LETTERS, k=4000))
        elif number % 10 == 2:
            query = " ".join(source.choices(names, k=source.randrange(1, 120)))
        else:
            letters = list(" ".join(source.choice(names).split()[:3]))
            for _ in range(3):
                letters[source.randrange(len(letters))] = source.choice(LETTERS)
            query = "".join(letters)
        queries.append(query)
    return queries


def test_no_query_breaks_it(real_catalog: Catalog, real_lookup: Lookup) -> None:
    names = [item.name for item in real_catalog.objects(retired=True)]
    started = time.monotonic()
    for query in random_queries(10_000 if os.environ.get("CI") == "true" else 3_000, names):
        answer = real_lookup.find(query)
        assert answer.matches
        assert all(0.0 <= match.score <= 1.0 and match.why for match in answer.matches)
        assert not (answer.clear and answer.nearest)
    assert time.monotonic() - started < 60
