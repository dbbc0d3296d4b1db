"""Every object of real releases, every section, every page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bot.views.cards import SECTIONS, card
from bot.views.messages import with_share
from bot.views.reply import Reply
from knowledge.catalog import Catalog
from knowledge.model import AttackObject, Domain, ReleaseContents
from tests.bot.views.rules import check_blocks, check_mrkdwn


@pytest.mark.shared
@pytest.mark.parametrize("version", ["18.1", "17.1"])
def test_every_card_of_a_release(version: str, release_contents: Callable[[Domain, str], ReleaseContents]) -> None:
    catalog = Catalog(release_contents(domain, version) for domain in Domain)

    shown = 0
    for item in catalog.objects(retired=True):
        for section in SECTIONS[item.kind]:
            for reply in pages(catalog, item, section):
                try:
                    check_blocks(reply.blocks)
                    check_mrkdwn(reply.text)
                except AssertionError as broken:
                    raise AssertionError(f"{item.id} {section}: {broken}") from broken
                shown += 1

    assert shown > 15_000


def pages(catalog: Catalog, item: AttackObject, section: str) -> Iterator[Reply]:
    page = 0
    while True:
        reply = with_share(card(catalog, item, section=section, page=page))
        yield reply
        if f"card:{section}:next" not in {
            button["action_id"] for block in reply.blocks if block["type"] == "actions" for button in block["elements"]
        }:
            return
        page += 1
