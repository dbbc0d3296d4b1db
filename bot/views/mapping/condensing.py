"""A mapping made small: what a card shows of it, cut so that the card fits into the button it travels in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.views.mapping.card import Card, Heading, Line, Quoted, Voice
from bot.views.mapping.carrying import ROOM, pack
from bot.views.mapping.covering import nothing_covered
from bot.views.mrkdwn import cut, one_line
from knowledge.mapping.model import Outcome

if TYPE_CHECKING:
    from bot.views.mapping.covering import Covered
    from knowledge.mapping.model import Likely, Mapping, MatchedRule, Quote

_WORTH_A_LINE = 0.1
"""A confidence below which a technique other than the first is only named."""

_WORTH_NAMING = 0.03
"""A confidence below which it is not even named."""

_STANDS = 0.3
"""A confidence below which a technique stands behind the acts of an answer."""

_LEADS = 3
"""Lines of an answer that is none."""

_LONGEST_WORD = 80
_NAME, _REASON = 90, 300
_FIELDS = 12
_MOST_VOICES = 4

_KINDS = {
    "access_log": "access log",
    "auditd": "auditd record",
    "cef": "CEF record",
    "csv": "table",
    "falco": "Falco alert",
    "fields": "list of fields",
    "json": "JSON record",
    "key_value": "key=value record",
    "leef": "LEEF record",
    "mail": "mail",
    "paloalto": "PAN-OS log",
    "process_tree": "process tree",
    "prose": "",
    "suricata_fast": "Suricata alert",
    "syslog": "syslog line",
    "windows_message": "Windows event",
    "windows_xml": "Windows event",
    "xml": "XML record",
    "zeek": "Zeek log",
}
"""What a record is called where its product is not known."""

_ESCAPED = re.compile(r"\\([\"\\/])")
_DECODES = "this decodes to “"
_SAYS_NOTHING = re.compile(r"typical of this technique|words that evidence for |your rules? “|your detection “")
_SAYS_LITTLE = re.compile(r"(?:like|the title of) ")
"""Reasons that the name of a field makes unnecessary."""


@dataclass(frozen=True, slots=True)
class _Budget:
    """How many characters each part may have, and how many parts there may be."""

    words: int
    quotes: int
    decoded: int
    why: int
    about: int
    covered: int = 200
    names: int = 60
    lines: int = 99


_BUDGETS = (
    _Budget(words=110, quotes=2, decoded=160, why=110, about=600),
    _Budget(words=90, quotes=2, decoded=120, why=90, about=420),
    _Budget(words=80, quotes=1, decoded=90, why=70, about=300),
    _Budget(words=60, quotes=1, decoded=60, why=50, about=220, covered=120),
    _Budget(words=40, quotes=1, decoded=40, why=0, about=160, covered=90, names=40),
    _Budget(words=24, quotes=1, decoded=0, why=0, about=100, covered=60, names=20),
    # words that do not get smaller, such as random ones: fewer techniques rather than an answer that cannot be shared
    _Budget(words=24, quotes=1, decoded=0, why=0, about=60, covered=40, names=20, lines=6),
    _Budget(words=16, quotes=1, decoded=0, why=0, about=40, covered=40, names=16, lines=3),
)
"""Tried in this order until the card fits: more techniques leave less room for each."""


About = Callable[[int], str]
"""How many characters there is room for, to the alert's words that matter, masked."""


def card_of(mapping: Mapping, *, covered: Covered = nothing_covered, about: About = lambda _: "") -> Card:
    """What a person is shown of a mapping.

    Args:
        mapping: What was found.
        covered: What the team's rules say of a technique.
        about: What a verdict on the whole is about.
    """
    card = Card(Heading(mapping.outcome.value), ())
    for budget in _BUDGETS:
        card = _card(mapping, covered, about, budget)
        if len(pack(card)) <= ROOM:
            break
    return card


def _card(mapping: Mapping, covered: Covered, about: About, budget: _Budget) -> Card:
    techniques = mapping.techniques
    most = min(budget.lines, _LEADS) if mapping.outcome is Outcome.LEADS else budget.lines
    shown = [each for at, each in enumerate(techniques[:most]) if not at or each.confidence >= _WORTH_A_LINE]
    rest = [each for each in techniques if each not in shown and each.confidence >= _WORTH_NAMING]
    shown.sort(key=lambda each: (each.confidence < _STANDS, each.act))
    return Card(
        heading=_heading(mapping, budget.names),
        lines=tuple(_lines(mapping, shown, covered, budget)),
        less=tuple((each.id, cut(one_line(each.name), _NAME), each.confidence) for each in rest[:_LEADS]),
        chain=_chain(mapping),
        release=_release(mapping.release),
        notes=tuple(_notes(mapping)),
        about=about(budget.about),
    )


def _release(releases: str) -> str:
    """``Enterprise, Mobile, ICS 18.1`` where the domains have one version."""
    parts = [each.rpartition(" ") for each in releases.split(", ")]
    versions = {version for _, _, version in parts}
    return f"{', '.join(domain for domain, _, _ in parts)} {versions.pop()}" if len(versions) == 1 else releases


def _heading(mapping: Mapping, room: int) -> Heading:
    silent = mapping.outcome is Outcome.NOTHING
    kind = _KINDS.get(mapping.format, mapping.format.replace("_", " "))
    source = mapping.product or kind
    if (
        silent
        and mapping.product
        and kind
        and not any(word in mapping.product.lower() for word in kind.lower().split())
    ):
        source = f"{mapping.product} ({kind})"
    return Heading(
        outcome=mapping.outcome.value,
        source=cut(one_line(source), room),
        host=cut(one_line(mapping.host), room),
        acts=mapping.acts,
        reason=cut(one_line(mapping.reason), _REASON) if silent else "",
        fields=tuple(cut(one_line(each), room) for each in mapping.fields[:_FIELDS]) if silent else (),
    )


def _lines(mapping: Mapping, shown: Sequence[Likely], covered: Covered, budget: _Budget) -> Iterator[Line]:
    """The lines in their order, none of which gives a reason or names rules that a line above it does.

    A rule that fires says by its title why; another reason beside it would say it twice.
    """
    named: set[tuple[MatchedRule, ...]] = set()
    said: set[str] = set()
    for likely in shown:
        again = bool(likely.rules) and likely.rules in named
        line = _line(likely, covered(likely, again=again), mapping.format, budget)
        line = replace(line, why="") if likely.rules or line.why in said else line
        named.add(likely.rules)
        said.add(line.why)
        yield line


def _line(likely: Likely, covered: str, format_: str, budget: _Budget) -> Line:
    quotes = _quotes(likely.evidence, format_, budget)
    return Line(
        id=likely.id,
        name=cut(one_line(likely.name), _NAME),
        confidence=likely.confidence,
        band=likely.band,
        quotes=quotes,
        why=cut(_why(likely.evidence, fields=any(each.field for each in quotes)), budget.why) if budget.why else "",
        covered=cut(covered, budget.covered),
        act=likely.act if likely.confidence >= _STANDS else 0,
        right=tuple(Voice(each.by, each.on) for each in likely.confirmed[:_MOST_VOICES]),
    )


def _quotes(evidence: Sequence[Quote], format_: str, budget: _Budget) -> tuple[Quoted, ...]:
    """The words that count, each once: what stands within other words is not quoted again."""
    kept: list[Quote] = []
    for quote in evidence:
        beside = [at for at, each in enumerate(kept) if _overlap(quote, each)]
        if not beside:
            kept.append(quote)
        elif (_decoded(quote) or _within(kept[beside[0]], quote)) and not any(_decoded(kept[at]) for at in beside):
            kept[beside[0]] = quote
            kept = [each for at, each in enumerate(kept) if at not in beside[1:]]
    return tuple(
        Quoted(
            words=cut(" ".join(map(_shortened, one_line(_readable(quote, format_)).split(" "))), budget.words),
            field=cut(one_line(quote.field), budget.names),
            decoded=cut(one_line(_decoded(quote)), budget.decoded) if budget.decoded else "",
        )
        for quote in kept[: budget.quotes]
        if one_line(quote.quote)
    )


def _readable(quote: Quote, format_: str) -> str:
    """The words without the escapes of JSON, in which every path of Windows has its backslashes twice."""
    if format_ != "json" or not quote.field:
        return quote.quote
    return _ESCAPED.sub(r"\1", quote.quote)


def _overlap(one: Quote, other: Quote) -> bool:
    return one.start < other.end and other.start < one.end


def _within(inner: Quote, outer: Quote) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _shortened(word: str) -> str:
    """A word no line can hold, such as an encoded command, by its beginning and its length."""
    return word if len(word) <= _LONGEST_WORD else f"{word[:24]}… ({len(word)} characters)"


def _decoded(quote: Quote) -> str:
    return quote.why.partition(_DECODES)[2].removesuffix("”")


def _why(evidence: Sequence[Quote], *, fields: bool) -> str:
    """The first reason that says more than that the words are evidence."""
    for quote in evidence:
        why = one_line(quote.why.partition(_DECODES)[0]).rstrip("; ")
        if why and not _SAYS_NOTHING.search(why) and not (fields and _SAYS_LITTLE.match(why)):
            return why
    return ""


def _chain(mapping: Mapping) -> tuple[str, ...]:
    tactics = tuple(tactic for tactic, _ in mapping.chain)
    return tactics if mapping.outcome is Outcome.ANSWER and len(tactics) > 1 else ()


def _notes(mapping: Mapping) -> list[str]:
    notes = []
    if mapping.indicators and mapping.outcome is not Outcome.NOTHING:
        from knowledge.mapping.indicators import sentence  # here, since it comes with all that maps

        notes.append(f"indicators: {sentence(mapping.indicators)}")
    if mapping.truncated:
        notes.append("only the beginning was read: it is longer than what is read of one text")
    return notes
