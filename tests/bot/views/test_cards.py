"""Every kind's card, section by section, against its golden file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.views import blocks
from bot.views.cards import SECTIONS, card
from bot.views.reply import Reply
from knowledge.catalog import Catalog
from knowledge.model import AttackObject
from tests.bot.views.builders import before_v18, catalog, snapshot

Golden = Callable[[str, Reply | dict[str, Any]], None]
NOW = catalog()
BEFORE = catalog(before_v18())
SNAPSHOT = catalog(snapshot())


def cards() -> list[Any]:
    cases: list[tuple[Catalog, str, AttackObject | None]] = [(NOW, "18", item) for item in NOW.objects()]
    cases += [(BEFORE, "17", BEFORE.get(each)) for each in ("T9001", "Steam Creation", "DS9001")]
    cases += [(SNAPSHOT, "snapshot", SNAPSHOT.get("T9001"))]
    return [
        pytest.param(source, item, section, id=f"{label}-{item.id}-{section}".replace(" ", "-"))
        for source, label, item in cases
        if item is not None
        for section in SECTIONS[item.kind]
    ]


@pytest.mark.parametrize(("source", "item", "section"), cards())
def test_card(source: Catalog, item: Any, section: str, request: pytest.FixtureRequest, golden: Golden) -> None:
    golden(f"card-{request.node.callspec.id}", card(source, item, section=section))


@pytest.mark.parametrize("attack_id", ["T9099", "T9098"])
def test_a_retired_technique_says_so(attack_id: str, golden: Golden) -> None:
    retired = NOW.get(attack_id)
    assert retired

    golden(f"card-18-{attack_id}-retired", card(NOW, retired))


def test_pages_turn_and_carry_their_numbers(golden: Golden) -> None:
    kettle = NOW.get("T9001")
    assert kettle

    golden("card-18-T9001-detection-2", card(NOW, kettle, section="detection", page=1))


def test_before_v18_the_prose_has_a_page_of_its_own(golden: Golden) -> None:
    kettle = BEFORE.get("T9001")
    assert kettle

    golden("card-17-T9001-detection-2", card(BEFORE, kettle, section="detection", page=1))


def test_a_note_and_the_team_s_own_blocks_have_their_places() -> None:
    kettle = NOW.get("T9001")
    assert kettle

    reply = card(NOW, kettle, note="T9099 was <revoked>.", extra=[blocks.section("*Covered by*  two rules")])

    texts = [str(block.get("text") or block.get("elements")) for block in reply.blocks]
    assert "T9099 was &lt;revoked&gt;." in texts[1]
    assert texts.index(next(text for text in texts if "two rules" in text)) == len(texts) - 3
    assert "two rules" not in str(card(NOW, kettle, section="procedures", extra=[blocks.section("two rules")]).blocks)


@pytest.mark.parametrize(("page", "number"), [(-5, 0), (0, 0), (999, 1)])
def test_a_page_out_of_bounds_is_the_nearest(page: int, number: int) -> None:
    kettle = NOW.get("T9001")
    assert kettle

    assert card(NOW, kettle, section="detection", page=page).share == f"T9001|detection|{number}"


def test_an_unknown_section_is_the_overview() -> None:
    kettle = NOW.get("T9001")
    assert kettle

    assert card(NOW, kettle, section="soup") == card(NOW, kettle)


def test_the_groups_best_known_come_first() -> None:
    kettle = NOW.get("T9001")
    assert kettle
    used_by = next(str(block["text"]) for block in card(NOW, kettle).blocks if "Used by" in str(block.get("text")))

    assert used_by.index("Quiet Badger") < used_by.index("Loud Otter") < used_by.index("Campaigning Crane")
