from __future__ import annotations

from collections import Counter

import pytest

from knowledge.priorities.sectors import SECTORS, sector_named
from knowledge.priorities.wheel import public_rules, threat_actors


@pytest.mark.parametrize(
    ("written", "sector"),
    [
        ("Government, Administration", "Government"),
        ("banking", "Finance"),
        ("Telecomms", "Telecommunications"),
        ("Academia - University ", "Education and research"),
        ("DEFENSE", "Defence"),
        ("Private sector", ""),
        ("", ""),
    ],
)
def test_sectors_are_known_in_anybodys_words(written: str, sector: str) -> None:
    assert sector_named(written) == sector


def test_no_spelling_belongs_to_two_sectors() -> None:
    spellings = Counter(spelling for sector, others in SECTORS.items() for spelling in {sector.casefold(), *others})

    assert [spelling for spelling, count in spellings.items() if count > 1] == []


def test_the_wheel_knows_actors_and_their_sectors() -> None:
    actors = {actor.name: actor for actor in threat_actors()}

    assert len(actors) > 800
    assert actors["APT28"].sectors == ("Government", "Defence")
    assert "Fancy Bear" in actors["APT28"].aliases or "FANCY BEAR" in actors["APT28"].aliases


def test_the_wheel_names_public_rules_with_their_address() -> None:
    rules = public_rules()

    assert len(rules) > 2_500
    assert all(rule.ids and rule.title for rule in rules)
    assert sum(rule.url.startswith("https://github.com/SigmaHQ/sigma/") for rule in rules) > 0.99 * len(rules)
    known = next(rule for rule in rules if rule.log_source.category == "process_creation")
    assert known.log_source.product == "windows"
