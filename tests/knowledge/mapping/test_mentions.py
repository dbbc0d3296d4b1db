"""What the author named comes out, carried forward where it was revoked."""

from __future__ import annotations

from knowledge.catalog import Catalog
from knowledge.mapping.mentions import Names, mentioned_ids
from knowledge.mapping.reading import read


def test_ids_come_in_order_and_once(catalog: Catalog) -> None:
    found = mentioned_ids("T1490, then t1003/001 and T1490 again", catalog)
    assert [each.technique for each in found] == ["T1490", "T1003.001"]


def test_a_revoked_id_leads_to_its_successor_and_says_so(catalog: Catalog) -> None:
    [mention] = mentioned_ids("seen: T1086", catalog)
    assert (mention.technique, mention.written) == ("T1059.001", "T1086")


def test_a_parent_gives_way_to_its_named_sub_technique(catalog: Catalog) -> None:
    assert [each.technique for each in mentioned_ids("T1003 (T1003.001)", catalog)] == ["T1003.001"]


def test_other_numbers_are_no_ids(catalog: Catalog) -> None:
    assert mentioned_ids("ticket T1490, part XT1003, T10035, T9999", catalog) == ()


def test_a_name_of_several_words_is_found_a_thing_is_not(catalog: Catalog) -> None:
    found = Names(catalog).find(read("OS credential dumping with PowerShell"))
    assert list(found) == ["T1003"]
