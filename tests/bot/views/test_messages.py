"""Everything that is no card, against its golden file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.views.cards import card
from bot.views.help import VerbHelp, help_page
from bot.views.home import home
from bot.views.lists import shortlist
from bot.views.messages import sentence, shared_by, unknown_failure, with_share
from bot.views.reply import Reply
from knowledge.search import Answer, Match
from tests.bot.views.builders import catalog, snapshot
from tests.bot.views.rules import check_blocks

Golden = Callable[[str, Reply | dict[str, Any]], None]
NOW = catalog()
QUERY = "kettel `<!channel>` *x*"


def matches(*ids: str) -> tuple[Match, ...]:
    found = [NOW.get(each) for each in ids]
    former = NOW.get("T9099")
    assert former
    return tuple(
        Match(item, 0.9, f"like <{item.name}>", (former,) if item.id == "T9001" else ()) for item in found if item
    )


def test_several(golden: Golden) -> None:
    found = matches("T9001", "T9001.001", "G9001", "S9001", "T9098", "DC9001", "M9001")

    golden("list-several", shortlist(Answer(QUERY, found, clear=False, nearest=False), NOW))


def test_nearest(golden: Golden) -> None:
    found = matches("T9001", "G9001", "S9001", "M9001")

    golden("list-nearest", shortlist(Answer(QUERY, found, clear=False, nearest=True), NOW))


def test_nothing(golden: Golden) -> None:
    golden("list-nothing", shortlist(Answer("   ", (), clear=False, nearest=True), NOW))


def test_sentence(golden: Golden) -> None:
    golden("sentence", sentence("Release 99.1 is not here; 'attackbot releases' lists those that are. <!here> *x*"))


def test_a_sentence_of_any_length_fits() -> None:
    check_blocks(sentence("<&>" * 100_000).blocks)


def test_unknown_failure(golden: Golden) -> None:
    golden("failure", unknown_failure("AB12CD"))


def test_help(golden: Golden) -> None:
    verbs = [
        VerbHelp("QUERY", "Look anything up in ATT&CK.", "kettel", "Look up"),
        VerbHelp("group NAME", "Show a group.", "group badger", "Look up"),
        VerbHelp("gaps", "Rank what is missing.", "gaps group badger", "Your rules"),
        VerbHelp("help", "Show what the bot can do.", "help", "Look up"),
    ]

    golden("help", help_page(verbs))


def test_home(golden: Golden) -> None:
    golden("home", home(NOW))


def test_home_with_a_snapshot(golden: Golden) -> None:
    golden("home-snapshot", home(catalog(snapshot()), command="/mitre"))


def test_home_with_nothing(golden: Golden) -> None:
    from knowledge.catalog import Catalog

    golden("home-nothing", home(Catalog(())))


def test_the_share_button_comes_last_and_only_where_there_is_something_to_share() -> None:
    kettle = NOW.get("T9001")
    assert kettle
    reply = card(NOW, kettle, section="detection", page=1)

    button = with_share(reply).blocks[-1]["elements"][0]

    assert (button["action_id"], button["value"]) == ("share", "T9001|detection|1")
    assert with_share(sentence("No.")) == sentence("No.")


def test_a_shared_message_says_by_whom_and_mentions_nobody_else() -> None:
    shared = shared_by(sentence("Yes."), "U123ABC")

    assert shared.blocks[-1]["elements"][0]["text"] == "Shared by <@U123ABC>"
    assert shared_by(sentence("Yes."), "!channel") == sentence("Yes.")
