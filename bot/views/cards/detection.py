"""How a technique is detected, in the words of the release.

From v18 a detection strategy holds analytics, one a platform, and these name log sources and what a team
tunes. To v17 there is prose, and data components that say what to look for in them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.views import blocks
from bot.views.cards.citations import numbered
from bot.views.cards.frame import NONE, Page, labelled, linked, paged, paragraph, titled
from bot.views.cards.related import escaped_list, said
from bot.views.mrkdwn import code, cut, escape, one_line
from bot.views.prose import parse
from bot.views.reply import Block
from knowledge.catalog import Catalog, Related
from knowledge.model import Analytic, DataComponent, DetectionStrategy, LogSource, Technique

_ANALYTICS_A_PAGE = 2
_COMPONENTS_A_PAGE = 2
_GLANCE_SOURCES = 4
_PROSE_CHARACTERS = 2_700
_DESCRIPTION_CHARACTERS = 1_400
_CHANNEL_CHARACTERS = 90
_TUNABLE_CHARACTERS = 160
_LIST_CHARACTERS = 1_300


def at_a_glance(catalog: Catalog, technique: Technique) -> str:
    """Two lines: which strategy and which log sources, or the first sentence and the data components."""
    strategies = catalog.strategies_of(technique)
    if strategies:
        analytics = [each for strategy in strategies for each in catalog.analytics_of(strategy)]
        named = ", ".join(f"{linked(each)} ({escape(each.id)})" for each in strategies)
        return "\n".join(row for row in (labelled("Detect", named), _busiest(analytics)) if row)
    prose = parse(technique.detection).gist(1, 280).mrkdwn(600)
    components = [each.object for each in catalog.components_of(technique)]
    watched = ", ".join(linked(each) for each in components[:6]) + (", …" if len(components) > 6 else "")
    if not watched:
        watched = escaped_list(technique.data_sources[:6])
    rows = [labelled("Detect", prose)] if prose else []
    if watched:
        rows.append(f"Watch {watched}" if prose else labelled("Detect", f"watch {watched}"))
    return "\n".join(rows)


def _busiest(analytics: Iterable[Analytic]) -> str:
    """The log sources that most analytics name, each with its channels."""
    channels: dict[str, list[str]] = {}
    seen: Counter[str] = Counter()
    for analytic in analytics:
        for source in analytic.log_sources:
            named = channels.setdefault(source.name, [])
            channel = _channel(source)
            if channel and channel not in named:
                named.append(channel)
        seen.update({source.name for source in analytic.log_sources})
    order = sorted(channels, key=lambda name: -seen[name])
    shown = [
        f"{code(name)} {escape(cut(_merged(channels[name]), _CHANNEL_CHARACTERS))}".strip()
        for name in order[:_GLANCE_SOURCES]
    ]
    left = len(order) - len(shown)
    return "  ·  ".join(shown) + (f"  ·  {left} more" if left else "")


def _merged(channels: list[str]) -> str:
    """``EventCode=1``, ``EventCode=7`` as ``EventCode=1, 7``."""
    shown: list[str] = []
    for channel in channels:
        field, equals, rest = channel.partition("=")
        if shown and equals and " " not in field and shown[-1].startswith(f"{field}="):
            shown[-1] += f", {rest}"
        else:
            shown.append(channel)
    return "; ".join(shown)


def _channel(source: LogSource) -> str:
    return "" if source.channel == "None" else one_line(source.channel)


def count(catalog: Catalog, technique: Technique) -> int:
    """How many analytics, or data components to v17; 1 for prose alone."""
    strategies = catalog.strategies_of(technique)
    if strategies:
        return sum(len(catalog.analytics_of(strategy)) for strategy in strategies) or len(strategies)
    return len(catalog.components_of(technique)) or int(bool(technique.detection))


def detection(catalog: Catalog, technique: Technique, page: int) -> Page:
    """Analytics two a page, or prose and data components."""
    strategies = catalog.strategies_of(technique)
    if strategies:
        return analytics_page(catalog, strategies, page)
    return _before_v18(catalog, technique, page)


def analytics_page(catalog: Catalog, strategies: Iterable[DetectionStrategy], page: int) -> Page:
    """The analytics of detection strategies, each under the name of its own."""
    pairs = [(strategy, each) for strategy in strategies for each in catalog.analytics_of(strategy)]
    shown, number, pages, place = paged(pairs, page, _ANALYTICS_A_PAGE)
    held = "1 analytic" if len(pairs) == 1 else f"analytics {place}"
    built: list[Block] = []
    named: DetectionStrategy | None = None
    for strategy, analytic in shown:
        if strategy is not named:
            named = strategy
            built += paragraph(f"*Detection* {linked(strategy)} ({escape(strategy.id)}) · {held}")
        built += analytic_blocks(catalog, analytic)
    if not pairs:
        built += paragraph(*(f"*Detection* {linked(each)} ({escape(each.id)}), no analytics" for each in strategies))
    return Page(tuple(built), f"detection, {held}", number, pages)


def analytic_blocks(catalog: Catalog, analytic: Analytic) -> tuple[Block, ...]:
    """One analytic: on which platform, what it looks for, in which logs, and what a team adjusts."""
    platforms = escaped_list(analytic.platforms)
    text = parse(analytic.description, cite=numbered(catalog)).mrkdwn(_DESCRIPTION_CHARACTERS)
    tunables = [
        f"• {code(field)} {parse(why).mrkdwn(_TUNABLE_CHARACTERS)}".rstrip() for field, why in analytic.tunables
    ]
    title = f"*{platforms}* · {linked(analytic)}" if platforms else f"*{linked(analytic)}*"
    return (
        *paragraph(f"{title}\n{text}" if text else title),
        *_block("Logs", [_log(catalog, source) for source in analytic.log_sources]),
        *_block("Tune", tunables),
    )


def _block(label: str, rows: list[str]) -> tuple[Block, ...]:
    return (blocks.section(f"*{label}*\n{blocks.lines(rows, _LIST_CHARACTERS)}"),) if rows else ()


def _log(catalog: Catalog, source: LogSource) -> str:
    component = catalog.by_stix_id(source.component)
    shows = f" – {linked(component)}" if isinstance(component, DataComponent) else ""
    return f"• {log_source(source)}{shows}"


def log_source(source: LogSource) -> str:
    """``WinEventLog:Security`` as code, then its channel."""
    return f"{code(source.name)} {escape(cut(_channel(source), _CHANNEL_CHARACTERS))}".strip()


def _before_v18(catalog: Catalog, technique: Technique, page: int) -> Page:
    """The prose on a page of its own, then the data components with what to look for in them."""
    components: tuple[Related[DataComponent], ...] = catalog.components_of(technique)
    prose = parse(technique.detection, cite=numbered(catalog)).mrkdwn(_PROSE_CHARACTERS)
    before = 1 if prose else 0
    shown, number, pages, place = paged(components, page - before, _COMPONENTS_A_PAGE)
    if not components:
        sources = labelled("Data sources", escaped_list(technique.data_sources))
        return Page((titled("Detection", ""), *(paragraph(prose, sources) or NONE)), "detection")
    if prose and page <= 0:
        named = labelled("Data components", ", ".join(linked(each.object) for each in components))
        return Page((titled("Detection", ""), *paragraph(prose), *paragraph(named)), "detection", 0, pages + 1)
    return Page(
        (
            titled("Detection", f"data components {place}"),
            *(blocks.section(said(catalog, each, _PROSE_CHARACTERS)) for each in shown),
        ),
        f"detection, data components {place}",
        number + before,
        pages + before,
    )
