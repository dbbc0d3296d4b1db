"""Citations as small numbered links."""

from __future__ import annotations

from bot.views.mrkdwn import cut, escape, link, one_line
from bot.views.prose import Cite, Token
from knowledge.catalog import Catalog

_LONGEST_NAME = 60


def numbered(catalog: Catalog) -> Cite:
    """Markers ``[1]``, ``[2]`` linked to the sources of one text; a source without an address shows its name."""
    numbers: dict[str, int] = {}

    def cite(name: str) -> Token:
        citation = catalog.citation(name)
        if citation is None or not citation.url:
            shown = f"[{cut(one_line(name), _LONGEST_NAME)}]"
            return Token("citation", escape(shown), shown)
        shown = f"[{numbers.setdefault(name, len(numbers) + 1)}]"
        return Token("citation", link(citation.url, shown), shown)

    return cite
