"""Every object of real releases, every section, every page.

The texts of 17.1 are all but those of 18.1, so outside CI its lists are read at their first and last page only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from bot.views.cards import SECTIONS, card
from bot.views.messages import with_share
from bot.views.reply import Reply
from knowledge.catalog import Catalog
from knowledge.model import AttackObject, Domain, ReleaseContents
from tests.bot.views.rules import check_blocks, check_mrkdwn

LAST = 1_000_000


@pytest.mark.shared
@pytest.mark.parametrize("version", ["18.1", "17.1"])
def test_every_card_of_a_release(version: str, release_contents: Callable[[Domain, str], ReleaseContents]) -> None:
    catalog = Catalog(release_contents(domain, version) for domain in Domain)

    whole = version == "18.1" or os.environ.get("CI") == "true"
    shown = 0
    for item in catalog.objects(retired=True):
        for section in SECTIONS[item.kind]:
            for reply in pages(catalog, item, section, whole=whole):
                try:
                    check_blocks(reply.blocks)
                    check_mrkdwn(reply.text)
                except AssertionError as broken:
                    raise AssertionError(f"{item.id} {section}: {broken}") from broken
                shown += 1

    assert shown > (15_000 if whole else 7_000)


def pages(catalog: Catalog, item: AttackObject, section: str, *, whole: bool) -> Iterator[Reply]:
    page = 0
    while True:
        reply = with_share(card(catalog, item, section=section, page=page))
        yield reply
        buttons = [each for block in reply.blocks if block["type"] == "actions" for each in block["elements"]]
        if not any(button["action_id"] == f"card:{section}:next" for button in buttons):
            return
        page = page + 1 if whole or page else LAST
