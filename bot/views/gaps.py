"""What is missing, the most pressing first, each row with why it stands there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.asking import also, asked_again
from bot.views.cards.frame import full_name, paged, paragraph, value
from bot.views.cards.related import counted
from bot.views.coverage import caution, unplaced
from bot.views.limits import FALLBACK_CHARACTERS
from bot.views.mrkdwn import cut, escape, link, one_line
from bot.views.profile import RankedFor, ranked_line, suggestion
from bot.views.reply import Block, Reply
from bot.views.whose import EVERYBODY, Team

if TYPE_CHECKING:
    from knowledge.coverage import Coverage
    from knowledge.priorities import Gap, GapReport

ROWS = 8
_NAMED = 6
_WHY = 420
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
    said = f"{counted(report.total, 'gap')} among {sub}"
    first = ", ".join(f"{row.coverage.technique.id} {one_line(row.coverage.technique.name)}" for row in shown[:3])
    return Reply(
        text=escape(cut(f"{title}: {said}. {first}", FALLBACK_CHARACTERS)),
        blocks=(
            blocks.header(title),
            *paragraph(
                f"*{escape(said)}*" + (f", {place} here" if pages > 1 else ""),
                team.line,
                ranked_line(ranked_for, command=command) if ranked_for else "",
                _relevant(report, by_sector=by_sector),
                "" if coverage.detections else "Nothing is imported yet, so everything is a gap.",
            ),
            *(_row(at, row, coverage) for at, row in enumerate(shown)),
            *(paragraph("Nothing is missing here.") if not report.rows else ()),
            *paragraph(unplaced(coverage)),
            *((suggestion(command=command),) if strangers else ()),
            caution(),
            *also(
                *((("Heat map", picture),) if picture else ()),
                *((("Without our profile", without),) if without else ()),
                turning=(ask, number, pages),
            ),
        ),
        share=asked_again(ask, number),
    )


def _relevant(report: GapReport, *, by_sector: bool) -> str:
    if not report.relevant and not by_sector:
        return ""
    names = ", ".join(escape(one_line(group.name)) for group in report.relevant[:_NAMED])
    left = len(report.relevant) - _NAMED
    listed = f"{names} and {left} more" if left > 0 else names or "none"
    known = f"  ·  sectors are known of {report.sectors_known} of {report.groups} groups" if by_sector else ""
    return f"*Relevant groups*  {listed}{known}"


def _row(at: int, gap: Gap, coverage: Coverage) -> Block:
    technique = gap.coverage.technique
    tactics = ", ".join(escape(tactic.name) for tactic in coverage.catalog.tactics_of(technique))
    name = link(technique.url, f"{technique.id} {full_name(coverage.catalog, technique)}")
    why = escape(cut(one_line(gap.why), _WHY))
    if gap.rule and gap.rule.url:
        title = escape(one_line(gap.rule.title))
        why = why.replace(f"“{title}”", link(gap.rule.url, gap.rule.title))
    return blocks.section(
        f"*{gap.rank}. {name}*  ·  {tactics}  ·  {gap.score:.0f} of 100\n{why}",
        button=blocks.button("Open", f"open:{at}", value(technique)),
    )
