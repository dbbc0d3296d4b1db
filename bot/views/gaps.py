"""What is missing, the most pressing first, each row with why it stands there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.asking import ASK, also, asked_again
from bot.views.cards.frame import full_name, paged, paragraph
from bot.views.cards.related import counted, escaped_list
from bot.views.coverage import caution, unplaced
from bot.views.limits import FALLBACK_CHARACTERS
from bot.views.mrkdwn import cut, escape, link, one_line
from bot.views.profile import RankedFor, ranked_line, suggestion
from bot.views.reply import Block, Reply
from bot.views.whose import EVERYBODY, Team
from knowledge.coverage import State
from knowledge.model import Domain

if TYPE_CHECKING:
    from knowledge.coverage import Coverage, TechniqueCoverage
    from knowledge.priorities import Gap, GapReport

ROWS = 8
_NAMED = 6
_FEW = 3
_TITLE = 120
_QUESTIONS = 5
"""Buttons below the list at most; those of its rows are counted from here."""
_SCORE = "Score, of 100: who uses it, whether you collect what would show it, whether a public rule exists."
NOBODY = RankedFor()


def gaps_page(
    coverage: Coverage,
    report: GapReport,
    *,
    about: Sequence[str],
    ask: str,
    page: int = 0,
    rows: int = ROWS,
    by_sector: bool = False,
    picture: str = "",
    team: Team = EVERYBODY,
    ranked_for: RankedFor = NOBODY,
    strangers: bool = False,
    without: str = "",
    command: str = "/attack",
) -> Reply:
    """A page of gaps.

    Args:
        coverage: What the team has.
        report: All gaps that were asked for.
        about: What they were narrowed to, in words: ``APT29``, ``Windows``.
        ask: What was asked, for the buttons.
        page: From 0.
        rows: A page has at most so many; Slack takes no more than `ROWS` of them.
        by_sector: Groups were found by a sector, so that it matters of how many the sectors are known.
        picture: What to ask for a heat map of the same.
        team: Whose rules were counted.
        ranked_for: What of the team's profile the ranking rests on.
        strangers: The team could have a profile and has none.
        without: What to ask for the same as if it had none.
        command: What stands before a verb.
    """
    title = team.titled(" · ".join(("Gaps", *about)))
    shown, number, pages, place = paged(report.rows, page, rows)
    sub = counted(report.considered, "technique or sub-technique", "techniques and sub-techniques")
    said = f"{counted(report.total, 'gap')} among {sub}{_domains(report)}"
    named = ", ".join(f"{row.coverage.technique.id} {one_line(row.coverage.technique.name)}" for row in shown[:3])
    return Reply(
        text=escape(cut(f"{title}: {said}. {named}".rstrip(), FALLBACK_CHARACTERS)),
        blocks=(
            blocks.header(title),
            *paragraph(
                f"*{escape(said)}*" + (f", {place.partition(' ')[0]} here" if pages > 1 else ""),
                "" if number else _kinds(report),
                team.line,
                ranked_line(ranked_for, command=command) if ranked_for else "",
                "" if coverage.detections else "Nothing is imported yet, so everything is a gap.",
                unplaced(coverage) if report.rows and not number else "",
            ),
            *(_row(at, row, report, coverage) for at, row in enumerate(shown)),
            *(paragraph("Nothing is missing here.") if not report.rows else ()),
            *((suggestion(command=command),) if strangers else ()),
            *((blocks.context(_relevant(report)),) if by_sector else ()),
            *((blocks.plain_context(_SCORE),) if shown else ()),
            caution(),
            *also(
                *((("Heat map", picture),) if picture else ()),
                *((("Without our profile", without),) if without else ()),
                turning=(ask, number, pages),
            ),
        ),
        share=asked_again(ask, number),
    )


def _domains(report: GapReport) -> str:
    """In which matrices the gaps lie, where that is more than one."""
    names = dict.fromkeys(domain for row in report.rows for domain in row.coverage.technique.domains)
    labels = [each.value.upper() if each is Domain.ICS else each.value.capitalize() for each in Domain if each in names]
    return f" of {', '.join(labels[:-1])} and {labels[-1]}" if len(labels) > 1 else ""


def _kinds(report: GapReport) -> str:
    """How many have no rule at all, and how many a weak one; empty where not all rows are here."""
    if not report.rows or len(report.rows) < report.total:
        return ""
    number = Counter(row.coverage.state for row in report.rows)
    kinds = (
        (State.GAP, "without a rule"),
        (State.SUBTECHNIQUES, "only with rules for sub-techniques"),
        (State.BRITTLE, "brittle"),
    )
    return "  ·  ".join(f"{number[state]:,} {what}" for state, what in kinds if number[state])


def _relevant(report: GapReport) -> str:
    names = ", ".join(escape(one_line(group.name)) for group in report.relevant[:_NAMED])
    left = len(report.relevant) - _NAMED
    listed = f"{names} and {left} more" if left > 0 else names or "none"
    return f"*Relevant groups*  {listed}  ·  sectors are known for {report.sectors_known} of {report.groups} groups"


def _row(at: int, gap: Gap, report: GapReport, coverage: Coverage) -> Block:
    technique = gap.coverage.technique
    tactics = ", ".join(escape(tactic.name) for tactic in coverage.catalog.tactics_of(technique))
    name = link(technique.url, f"{technique.id} {full_name(coverage.catalog, technique)}")
    why = "  ·  ".join(part for part in (_had(gap), _used(gap, report), _collected(gap.coverage), _public(gap)) if part)
    return blocks.section(
        f"*{gap.rank}. {name}*  ·  {tactics}\nScore {gap.score:.0f}  ·  {why}",
        button=blocks.button("Open", f"{ASK}:also:{at + _QUESTIONS}", asked_again(technique.id)),
    )


def _had(gap: Gap) -> str:
    each = gap.coverage
    off = f" ({each.switched_off} switched off)" if each.switched_off else ""
    if each.state is State.BRITTLE:
        return f"brittle: {escape(each.brittleness)}"
    if each.state is State.SUBTECHNIQUES:
        return f"rules for {each.subtechniques_label}, none of its own{off}"
    return f"no rule{off}"


def _used(gap: Gap, report: GapReport) -> str:
    if not gap.groups and not gap.software:
        return "no group and no software known to use it"
    parts = []
    if gap.relevant:
        few = ", ".join(escape(one_line(name)) for name in gap.relevant[:_FEW])
        more = f" and {len(gap.relevant) - _FEW} more" if len(gap.relevant) > _FEW else ""
        every = len(report.relevant)
        parts.append(f"{few}{more}" if every == 1 else f"{len(gap.relevant)} of {every} relevant groups ({few}{more})")
    elif report.relevant:
        parts.append("no relevant group")
    parts += [f"{gap.groups} of {report.groups} groups"] if gap.groups else []
    parts += [f"{gap.software} software"] if gap.software else []
    return f"used by {', '.join(parts)}"


def _collected(each: TechniqueCoverage) -> str:
    ready = each.readiness
    if not ready.needed:
        return ""
    had = len(ready.said) + len(ready.assumed)
    if not had:
        more = f" and {len(ready.needed) - _FEW} more" if len(ready.needed) > _FEW else ""
        return f"nothing collected that would show it ({escaped_list(ready.needed[:_FEW])}{more})"
    assumed = ", as assumed" if ready.assumed else ""
    return f"{had} of {counted(len(ready.needed), 'data component')} collected{assumed}"


def _public(gap: Gap) -> str:
    """A public rule the team does not have; most of the time there is none, which needs no words."""
    if not gap.rule:
        return ""
    title = cut(one_line(gap.rule.title), _TITLE)
    return f"public Sigma rule: {link(gap.rule.url, title) if gap.rule.url else escape(title)}"
