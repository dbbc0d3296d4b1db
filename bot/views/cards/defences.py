"""What stops and what shows techniques: mitigations, detection strategies, analytics, data components."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.views.cards.actors import by_tactic
from bot.views.cards.detection import analytic_blocks, analytics_page, log_source
from bot.views.cards.frame import OVERVIEW, Page, Section, Sections, linked_id, listing, paragraph
from bot.views.cards.related import described, escaped_list, facts, names, openable, said
from bot.views.mrkdwn import code
from bot.views.prose import parse
from knowledge.catalog import Catalog
from knowledge.model import (
    Analytic,
    AttackObject,
    DataComponent,
    DataSource,
    DetectionStrategy,
    Kind,
    LogSource,
    Mitigation,
)

_ROWS_A_PAGE = 6
_LOG_SOURCES_A_PAGE = 20
_TECHNIQUES_A_PAGE = 8


def _first(item: AttackObject) -> str:
    return parse(item.description).gist(1).plain(240)


def _mitigation(catalog: Catalog, item: Mitigation, _page: int) -> Page:
    stopped = [each.object for each in catalog.techniques_mitigated_by(item)]
    return Page(
        (
            *paragraph(described(item)),
            *facts(("Techniques", f"{len(stopped)}:  {by_tactic(catalog, stopped)}" if stopped else "")),
        ),
        _first(item),
    )


def _mitigated(catalog: Catalog, item: Mitigation, page: int) -> Page:
    return listing(
        "Techniques", catalog.techniques_mitigated_by(item), page, _ROWS_A_PAGE, lambda each: said(catalog, each)
    )


def _strategy(catalog: Catalog, item: DetectionStrategy, page: int) -> Page:
    built = analytics_page(catalog, [item], page)
    detected = catalog.techniques_detected_by(item)
    shown = ", ".join(linked_id(each) for each in detected[:6])
    return Page(
        (*facts(("Detects", shown)), *paragraph(described(item)), *built.blocks),
        f"{'detects ' + detected[0].id + ', ' if detected else ''}{built.summary}",
        built.number,
        built.pages,
    )


def _analytic(catalog: Catalog, item: Analytic, _page: int) -> Page:
    strategy = catalog.strategy_of(item)
    detected = catalog.techniques_detected_by(strategy) if strategy else ()
    return Page(
        (
            *facts(
                ("Part of", linked_id(strategy) if strategy else ""),
                ("Detects", ", ".join(linked_id(each) for each in detected[:6])),
            ),
            *analytic_blocks(catalog, item),
        ),
        _first(item),
    )


def _component(catalog: Catalog, item: DataComponent, _page: int) -> Page:
    shown = catalog.techniques_shown_by(item)
    source = catalog.by_stix_id(item.data_source)
    named = Counter(each.name for each in item.log_sources)
    busiest = ", ".join(f"{code(name)} ({count})" for name, count in named.most_common(6))
    return Page(
        (
            *facts(("Data source", linked_id(source) if source else "")),
            *paragraph(described(item)),
            *facts(
                ("Techniques", f"{len(shown)}:  {by_tactic(catalog, shown)}" if shown else ""),
                ("Logged in", f"{busiest}{', …' if len(named) > 6 else ''}" if busiest else ""),
            ),
        ),
        _first(item),
    )


def _shown(catalog: Catalog, item: DataComponent, page: int) -> Page:
    return openable("Techniques", catalog.techniques_shown_by(item), page, _TECHNIQUES_A_PAGE)


def log_sources(_catalog: Catalog, item: DataComponent, page: int) -> Page:
    """Log sources and channels, a line each."""
    rows: Sequence[LogSource] = sorted(item.log_sources, key=lambda each: (each.name.lower(), each.channel))
    return listing("Log sources", rows, page, _LOG_SOURCES_A_PAGE, lambda each: f"• {log_source(each)}", compact=True)


def _components(catalog: Catalog, source: DataSource) -> list[DataComponent]:
    every = catalog.objects(Kind.DATA_COMPONENT, retired=source.retired)
    return [each for each in every if isinstance(each, DataComponent) and each.data_source == source.stix_id]


def _source(catalog: Catalog, item: DataSource, _page: int) -> Page:
    found = _components(catalog, item)
    return Page(
        (
            *paragraph(described(item)),
            *facts(
                ("Platforms", escaped_list(item.platforms)),
                ("Data components", f"{len(found)}:  {names(found, 8)}" if found else ""),
            ),
        ),
        _first(item),
    )


MITIGATION: Sections = {
    OVERVIEW: Section("Overview", _mitigation),
    "techniques": Section("Techniques", _mitigated, lambda c, item: len(c.techniques_mitigated_by(item))),
}
STRATEGY: Sections = {OVERVIEW: Section("Overview", _strategy)}
ANALYTIC: Sections = {OVERVIEW: Section("Overview", _analytic)}
DATA_COMPONENT: Sections = {
    OVERVIEW: Section("Overview", _component),
    "techniques": Section("Techniques", _shown, lambda c, item: len(c.techniques_shown_by(item))),
    "logs": Section("Log sources", log_sources, lambda _c, item: len(item.log_sources)),
}
DATA_SOURCE: Sections = {
    OVERVIEW: Section("Overview", _source),
    "components": Section(
        "Data components",
        lambda c, item, page: openable("Data components", _components(c, item), page, _TECHNIQUES_A_PAGE),
        lambda c, item: len(_components(c, item)),
    ),
}
