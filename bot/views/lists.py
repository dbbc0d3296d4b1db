"""A short list: what a question may have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.cards.frame import full_name, value
from bot.views.cards.related import kind_of, known_as
from bot.views.limits import FALLBACK_CHARACTERS
from bot.views.mrkdwn import code, cut, escape, link, one_line
from bot.views.reply import Block, Reply
from knowledge.model import Technique

if TYPE_CHECKING:
    from knowledge.catalog import Catalog
    from knowledge.search import Answer, Match

_ROWS = 6
_NEAREST = 3
_QUERY = 80
_WHY = 160


def shortlist(answer: Answer, catalog: Catalog) -> Reply:
    """Up to six objects, each with why it is here and a button that opens it.

    Args:
        answer: What the search says; with `nearest`, nothing is called so and three that come near are shown.
        catalog: Names tactics and parents.
    """
    query = cut(one_line(answer.query), _QUERY)
    shown = answer.matches[: _NEAREST if answer.nearest else _ROWS]
    return Reply(
        text=escape(cut(_in_words(query, shown, nearest=answer.nearest), FALLBACK_CHARACTERS)),
        blocks=(
            blocks.section(_title(query, len(shown), nearest=answer.nearest)),
            *(_row(at, match, catalog) for at, match in enumerate(shown)),
        ),
    )


def _title(query: str, count: int, *, nearest: bool) -> str:
    asked = code(query) or "an empty question"
    if not count:
        return f"Nothing is called {asked}. Try an id such as `T1059.001`, a name, or a word of what happened."
    if nearest:
        near = "The nearest" if count == 1 else f"The {_NUMBERS.get(count, str(count))} nearest"
        return f"Nothing is called {asked}. {near}:"
    return f"{asked} fits several. Which one?" if count > 1 else f"{asked} may mean this:"


_NUMBERS = {2: "two", 3: "three"}


def _in_words(query: str, shown: tuple[Match, ...], *, nearest: bool) -> str:
    found = ", ".join(f"{each.object.id} {one_line(each.object.name)}" for each in shown)
    if not found:
        return f"Nothing is called {query}."
    return f"Nothing is called {query}. The nearest: {found}" if nearest else f"{query} fits several: {found}"


def _row(at: int, match: Match, catalog: Catalog) -> Block:
    item = match.object
    facts = [kind_of(item)]
    if isinstance(item, Technique):
        facts = [", ".join(escape(tactic.name) for tactic in catalog.tactics_of(item)) or "technique"]
    elif aliases := known_as(item):
        facts.append(aliases)
    if item.retired:
        facts.append("deprecated" if item.deprecated else "revoked")
    if match.via:
        facts.append(f"in place of {', '.join(escape(each.id) for each in match.via)}")
    why = escape(cut(one_line(match.why), _WHY))
    return blocks.section(
        f"*{link(item.url, f'{item.id} {full_name(catalog, item)}')}*\n{'  ·  '.join(facts)}"
        + (f"\n_{why}_" if why else ""),
        button=blocks.button("Open", f"open:{at}", value(item)),
    )
