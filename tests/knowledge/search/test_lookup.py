"""The look-up over a small made-up release: what it promises, whatever the data."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from knowledge.catalog import Catalog
from knowledge.model import Domain, Kind, Mitigation
from knowledge.search import Answer, Lookup, read_synonyms
from tests.builders import small_release, technique

SYNONYMS = read_synonyms(
    '"posh" = "T1059.001"\n"bait" = ["T1566", "T1059"]\n"former slang" = "T1086"\n', "synonyms.toml"
)


@pytest.fixture(scope="module")
def lookup() -> Lookup:
    return Lookup(Catalog([small_release()]), SYNONYMS)


def first(answer: Answer) -> tuple[str, str]:
    return answer.matches[0].object.id, answer.matches[0].why


@pytest.mark.parametrize(
    ("query", "attack_id", "why"),
    [
        ("T1059.001", "T1059.001", "its id"),
        ("1059.1", "T1059.001", "its id"),
        ("tell me about t1566 please", "T1566", "its id"),
        ("T1086", "T1059.001", "former id T1086"),
        ("power-shell", "T1059.001", "its name"),
        ("PowerShel", "T1059.001", "close to its name"),
        ("command and scripting interpreter: powershell", "T1059.001", "its name"),
        ("cozy bear", "G0016", "also known as Cozy Bear"),
        ("Cozy Baer", "G0016", "close to Cozy Bear"),
        ("posh", "T1059.001", "slang: posh"),
        ("what is posh?", "T1059.001", "close to slang: posh"),
        ("CSI", "T1059", "acronym"),
        ("initial-access", "TA0001", "its name"),
        ("former slang", "T1059.001", "slang: former slang"),
        ("mimikatz tool", "S0002", "close to its name"),
    ],
)
def test_a_clear_query_has_one_winner_and_says_why(lookup: Lookup, query: str, attack_id: str, why: str) -> None:
    answer = lookup.find(query)
    assert first(answer) == (attack_id, why)
    assert answer.clear
    assert not answer.nearest
    assert answer.query == query


def test_a_revoked_id_names_what_led_to_its_successor(lookup: Lookup) -> None:
    assert [item.id for item in lookup.find("T1086").matches[0].via] == ["T1086"]


def test_an_unknown_id_is_told_with_the_releases_and_the_nearest(lookup: Lookup) -> None:
    answer = lookup.find("T1600")
    assert answer.nearest
    assert not answer.clear
    assert [match.object.id for match in answer.matches] == ["T1566", "T1059", "T1059.001"]
    assert answer.matches[0].why == "T1600 is not in Enterprise 18.1"


def test_an_unknown_subtechnique_leads_to_its_parent(lookup: Lookup) -> None:
    answer = lookup.find("T1059.099")
    assert answer.nearest
    assert first(answer) == ("T1059", "T1059.099 is not in Enterprise 18.1")


def test_several_ids_are_a_list(lookup: Lookup) -> None:
    answer = lookup.find("T1566 and T1059.001 and T1566")
    assert [match.object.id for match in answer.matches] == ["T1566", "T1059.001"]
    assert not answer.clear


def test_a_kind_is_kept_to(lookup: Lookup) -> None:
    answer = lookup.find("powershell", kind=Kind.MITIGATION)
    assert [match.object.id for match in answer.matches] == ["M1042"]
    wrong = lookup.find("T1059", kind=Kind.GROUP)
    assert wrong.nearest
    assert first(wrong) == ("T1059", "T1059 is a technique, not a group")


def test_the_limit_is_kept_to_and_is_at_least_one(lookup: Lookup) -> None:
    assert len(lookup.find("powershell", limit=2).matches) == 2
    assert len(lookup.find("powershell", limit=0).matches) == 1
    assert len(lookup.find("zzzz", limit=2).matches) == 2


@pytest.mark.parametrize("query", ["", " ", "?!…", "🙂", "\x00", "\u202e\u200f", "漢字"])
def test_a_query_without_a_word_it_knows_gets_the_nearest_three(lookup: Lookup, query: str) -> None:
    answer = lookup.find(query)
    assert answer.nearest
    assert not answer.clear
    assert len(answer.matches) == 3


def test_an_empty_catalog_answers_with_nothing() -> None:
    lookup = Lookup(Catalog([]), SYNONYMS)
    for query in ("T1059", "powershell", ""):
        answer = lookup.find(query)
        assert answer.matches == ()
        assert answer.nearest
        assert not answer.clear


def test_one_name_of_two_things_is_not_clear_but_one_of_two_domains_is() -> None:
    release = small_release()
    namesake = Mitigation(stix_id="course-of-action--2", id="M1099", name="Phishing", domains=(Domain.ENTERPRISE,))
    mobile = technique("T1660", "Phishing", domains=(Domain.MOBILE,))
    both = Lookup(Catalog([replace(release, mitigations=(*release.mitigations, namesake))]))
    domains = Lookup(Catalog([replace(release, techniques=(*release.techniques, mobile))]))
    assert not both.find("phishing").clear
    assert [match.object.id for match in both.find("phishing").matches][:2] == ["T1566", "M1099"]
    assert domains.find("phishing").clear
    assert [match.object.id for match in domains.find("phishing").matches][:2] == ["T1566", "T1660"]
    assert domains.find("mobile phishing").matches[0].object.id == "T1660"


def test_a_synonym_settles_whose_name_is_meant() -> None:
    release = small_release()
    namesake = Mitigation(stix_id="course-of-action--2", id="M1099", name="Phishing", domains=(Domain.ENTERPRISE,))
    catalog = Catalog([replace(release, mitigations=(*release.mitigations, namesake))])
    answer = Lookup(catalog, read_synonyms('"phishing" = "M1099"', "synonyms.toml")).find("phishing")
    assert first(answer) == ("M1099", "its name")
    assert answer.clear


def test_a_former_name_leads_to_the_successor() -> None:
    release = small_release()
    old = technique("T1502", "Parent Shell Trickery", revoked=True)
    link = replace(release.relationships[1], stix_id="relationship--9", source=old.stix_id)
    lookup = Lookup(
        Catalog([replace(release, techniques=(*release.techniques, old), relationships=(*release.relationships, link))])
    )
    match = lookup.find("parent shell trickery").matches[0]
    assert (match.object.id, match.why) == ("T1059.001", "former name Parent Shell Trickery")
    assert match.via == (old,)


def test_an_id_is_answered_without_building_the_indexes() -> None:
    lookup = Lookup(Catalog([small_release()]), SYNONYMS)
    lookup.find("T1086")
    assert lookup._worded is None
    lookup.warm()
    assert lookup._worded is not None


def test_threads_share_one_index() -> None:
    lookup = Lookup(Catalog([small_release()]), SYNONYMS)
    found: list[object] = []

    def ask() -> None:
        lookup.find("powershel")
        found.append(lookup._worded)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(map(id, found))) == 1
