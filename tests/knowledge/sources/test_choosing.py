"""Which offers to take, and which source an operator means."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import SourceError
from knowledge.model import Domain
from knowledge.sources import Offer, matching, newest, newest_first, open_source
from knowledge.sources.mitre import MITRE_INDEX, IndexSource
from knowledge.sources.path import PathSource
from knowledge.sources.snapshot import SnapshotSource
from knowledge.versions import version_key


def offer(version: str, domain: Domain | None = Domain.ENTERPRISE, where: str = "w") -> Offer:
    return Offer(domain, version, where)


def test_versions_are_ordered_by_number_and_dates_come_before_them() -> None:
    ordered = [
        "",
        "unknown",
        "2019-10-24",
        "2020",
        "1.0",
        "8.2",
        "9.0",
        "17.1",
        "17.1+galaxy34",
        "18",
        "18.1",
        "18.10",
        "100.0",
    ]

    keys = [version_key(version) for version in ordered]

    assert keys == sorted(keys)
    assert version_key("v18") == version_key("18.0") == version_key("18")


def test_the_newest_of_each_domain_is_taken() -> None:
    offers = [offer("9.0"), offer("17.1"), offer("2020", Domain.ICS), offer("16.1", Domain.ICS), offer("17.0")]

    assert [(each.domain, each.version) for each in newest(offers)] == [
        (Domain.ENTERPRISE, "17.1"),
        (Domain.ICS, "16.1"),
    ]


def test_offers_that_do_not_say_their_domain_all_stay() -> None:
    unsure = [offer("", None, "a"), offer("", None, "b")]

    assert len(newest(unsure)) == 2


def test_offers_are_matched_by_version() -> None:
    offers = newest_first([offer("18.0"), offer("18.1"), offer("18.0", Domain.ICS), offer("unknown"), offer("")])

    assert {each.domain for each in matching(offers, "v18")} == {Domain.ENTERPRISE, Domain.ICS}
    assert matching(offers, "") == offers
    assert matching(offers, "newest") == ()


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ("snapshot", SnapshotSource),
        ("mitre", IndexSource),
        ("https://example.org/index.json", IndexSource),
        ("./mitre", PathSource),
        ("~/bundles", PathSource),
    ],
)
def test_a_source_is_opened_by_what_an_operator_writes(spec: str, kind: type) -> None:
    assert type(open_source(spec)) is kind


def test_mitre_is_the_public_index_unless_the_settings_say_otherwise() -> None:
    assert MITRE_INDEX.startswith("https://")
    with pytest.raises(SourceError, match=r"example\.org"):
        open_source("mitre", index_url="http://example.org/index.json").offers()


def test_a_home_folder_is_expanded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(SourceError, match=str(tmp_path)):
        open_source("~/nowhere").offers()
