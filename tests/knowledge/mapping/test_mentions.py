"""What the author named comes out, carried forward where it was revoked."""

from __future__ import annotations

from knowledge.catalog import Catalog
from knowledge.mapping.evidence import Evidence, Source
from knowledge.mapping.mentions import Names, WrittenNames, mentioned_ids, names_meant, trust_in_names
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
    names, reading = Names(catalog), read("dump: OS credential dumping with PowerShell")
    assert names.find(reading, "T1003") == (1, 3)
    assert names.find(reading, "T1059.001") is None


def test_a_name_that_domains_share_means_the_first_that_may_be_answered(real_catalog: Catalog) -> None:
    names = WrittenNames(real_catalog)

    def named(text: str, *prefixes: str) -> list[str]:
        return [each.technique for each in names.mentioned(text, lambda technique: technique.startswith(prefixes))]

    assert named("Service Stop on the historian", "T0", "T1") == ["T1489"]
    assert named("Service Stop on the historian", "T0") == ["T0881"]
    assert named("Service Stop on the historian", "T16") == []


def test_trust_in_a_name_is_how_often_rules_mean_it(catalog: Catalog) -> None:
    def rule(title: str, *ids: str) -> Evidence:
        return Evidence(title, ids, Source.RULE, title)

    told = [rule("Scheduled Task deleted", "T1490"), rule("Scheduled Task stopped", "T1490")]
    meant = [rule("OS Credential Dumping by a tool", "T1003"), rule("OS Credential Dumping at night", "T1003")]
    untagged = [rule("OS Credential Dumping without a tag", "T9999")]
    ids = ("T1003", "T1053.005", "T1562.001")
    written, right = names_meant(catalog, WrittenNames(catalog), [*told, *meant, *untagged], ids)

    assert written.tolist() == [2, 2, 0]
    assert right.tolist() == [2, 0, 0]
    assert trust_in_names(written, right).tolist() == [0.75, 0.25, 0.5]
