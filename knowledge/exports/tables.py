"""Tables as CSV, UTF-8, for spreadsheets and scripts.

A text that a spreadsheet would run as a formula gets an apostrophe in front, which every spreadsheet understands as
"this is text": rule titles come from files that somebody else wrote.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from knowledge.catalog import Catalog
from knowledge.coverage import Coverage, TechniqueCoverage
from knowledge.exports.layer import Layer
from knowledge.model import Domain
from knowledge.priorities import GapReport

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell = str | int | float


def coverage_csv(coverage: Coverage, domain: Domain | None = None) -> bytes:
    """One row a technique and sub-technique, uncovered ones among them, by id."""
    head = (
        "id", "name", "tactics", "platforms", "state", "rules", "scores", "switched_off", "sources", "levels",
        "statuses", "log_source_collected", "log_source_assumed", "validated", "subtechniques", "covered_subtechniques",
        "brittle", "retired_ids", "needed_data_components", "collected_data_components",
        "assumed_data_components",
    )  # fmt: skip
    rows = (
        (
            *_technique(coverage.catalog, each),
            each.state.value,
            each.rules,
            each.scores,
            each.switched_off,
            _counted(each.sources),
            _counted(each.levels),
            _counted(each.statuses),
            each.visible,
            each.assumed,
            each.validated,
            len(each.subtechniques),
            len(each.covered_subtechniques),
            each.brittleness,
            "; ".join(each.retired_ids),
            "; ".join(each.readiness.needed),
            "; ".join(each.readiness.said),
            "; ".join(each.readiness.assumed),
        )
        for each in coverage.techniques(domain=domain)
    )
    return _table(head, rows)


def gaps_csv(catalog: Catalog, report: GapReport) -> bytes:
    """One row a gap, the most pressing first."""
    head = (
        "rank", "id", "name", "tactics", "platforms", "score", "state", "groups", "relevant_groups", "software",
        "public_rule", "public_rule_url", "why",
    )  # fmt: skip
    rows = (
        (
            row.rank,
            *_technique(catalog, row.coverage),
            row.score,
            row.coverage.state.value,
            row.groups,
            "; ".join(row.relevant),
            row.software,
            row.rule.title if row.rule else "",
            row.rule.url if row.rule else "",
            row.why,
        )
        for row in report.rows
    )
    return _table(head, rows)


def layer_csv(catalog: Catalog, layer: Layer) -> bytes:
    """One row a marked technique of any layer, by id: what a group uses, or several together."""
    rows = (
        (technique.id, technique.name, layer.shades[mark.shade].label, mark.score, mark.note)
        for technique in catalog.techniques(layer.release.domain)
        if (mark := layer.marks.get(technique.id))
    )
    return _table(("id", "name", "shade", "score", "note"), rows)


def _technique(catalog: Catalog, each: TechniqueCoverage) -> tuple[str, str, str, str]:
    technique = each.technique
    tactics = "; ".join(tactic.name for tactic in catalog.tactics_of(technique))
    return technique.id, technique.name, tactics, "; ".join(technique.platforms)


def _counted(counted: Iterable[tuple[str, int]]) -> str:
    return "; ".join(f"{word or 'none'} {number}" for word, number in counted)


def _table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """RFC 4180, with the mark at its start by which Excel knows UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _safe(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA):
        return f"'{cell}"
    return cell
