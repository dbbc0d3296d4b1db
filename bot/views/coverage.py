"""What a team's rules claim: for a whole matrix, and for the techniques of a tactic, a group, a platform, a source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.asking import also, asked_again
from bot.views.cards.frame import labelled, linked_id, paragraph
from bot.views.cards.related import counted
from bot.views.limits import FALLBACK_CHARACTERS
from bot.views.mrkdwn import code, cut, escape, one_line
from bot.views.reply import Block, Reply
from bot.views.whose import EVERYBODY, Team
from knowledge.coverage import NOT_DETECTION, State

if TYPE_CHECKING:
    from knowledge.coverage import Coverage, SourceSummary, Summary, TechniqueCoverage
    from knowledge.model import Domain

_BAR = 10
_LISTED = 14
_UNKNOWN = 8
_TEAMS = 8
_TEAM = 40

NOTHING_IMPORTED = (
    "No detections are imported yet. Choose a file with 'import' here, or run 'attackbot coverage import PATH' beside "
    "the bot; it reads Sigma, Elastic, Splunk, Sentinel, Navigator layers, DeTT&CT, CSV, XLSX and STIX."
)


def coverage_page(coverage: Coverage, domain: Domain, *, team: Team = EVERYBODY, teams: Sequence[Team] = ()) -> Reply:
    """All of one domain by tactic, where the rules come from, and what could not be placed.

    Args:
        coverage: What the rules claim.
        domain: Loaded.
        team: Whose rules they are.
        teams: Those that share the workspace.
    """
    release = next(each for each in coverage.catalog.releases if each.domain is domain)
    whole = coverage.summary(release.label, domain=domain)
    said = in_a_sentence(whole)
    others = [each for each in coverage.by_domain() if each.label != release.label and each.rules]
    tactics = [_tactic_row(each) for each in coverage.by_tactic(domain) if each.techniques or each.subtechniques]
    title = team.titled(f"Coverage of ATT&CK {release.label}")
    return Reply(
        text=escape(cut(f"{title}: {said}", FALLBACK_CHARACTERS)),
        blocks=(
            blocks.header(title),
            *paragraph(escape(said), team.line, _strength(whole), _seen(whole)),
            *paragraph(*tactics),
            *paragraph(*_sources(coverage)),
            *paragraph(*(f"*{escape(each.label)}*  {escape(in_a_sentence(each))}" for each in others)),
            *paragraph(unplaced(coverage)),
            *paragraph(_teams(teams) if team == EVERYBODY else ""),
            caution(),
            *also(
                ("Gaps", team.asking(f"gaps domain {domain}")),
                ("Heat map", team.asking(f"heatmap coverage domain {domain}")),
            ),
        ),
        share=asked_again(team.asking(f"coverage domain {domain}")),
    )


def _teams(teams: Sequence[Team]) -> str:
    if not teams:
        return ""
    named = ", ".join(escape(cut(team.name, _TEAM)) for team in teams[:_TEAMS])
    more = f" and {len(teams) - _TEAMS} more" if len(teams) > _TEAMS else ""
    return f"*Teams*  {named}{more}  ·  {code(cut(teams[0].asking('coverage'), 2 * _TEAM))} tells of one"


def in_a_sentence(whole: Summary) -> str:
    """How many techniques and sub-techniques have rules, and how many rules these are."""
    parts = [f"{whole.covered} of {counted(whole.techniques, 'technique')}"] if whole.techniques else []
    if whole.subtechniques:
        parts.append(f"{whole.subtechniques_covered} of {counted(whole.subtechniques, 'sub-technique')}")
    named = " and ".join(parts) or "none of its techniques"
    verb = "has" if whole.techniques + whole.subtechniques == 1 else "have"
    return f"{named} {verb} a rule of their own; {counted(whole.rules, 'rule')} in all."


def _strength(whole: Summary) -> str:
    parts = []
    if whole.through_subtechniques:
        parts.append(f"{whole.through_subtechniques} more only through sub-techniques")
    if whole.brittle:
        parts.append(f"{whole.brittle} brittle (one rule, or only unproven ones)")
    if whole.redundant:
        parts.append(f"{whole.redundant} with 10 rules or more")
    return labelled("Strength", "  ·  ".join(parts))


def _seen(whole: Summary) -> str:
    """For how many the log source is collected; nothing where no rule names one that is known."""
    parts = [f"{whole.visible} confirmed"] if whole.visible else []
    if whole.assumed:
        parts.append(f"{whole.assumed} only assumed, from the rules themselves ({code('collect')} corrects that)")
    if whole.validated:
        parts.append(f"{whole.validated} proved by a test run")
    return labelled("Log source collected", "  ·  ".join(parts))


def _tactic_row(each: Summary) -> str:
    of = each.techniques + each.subtechniques
    covered = each.covered + each.subtechniques_covered
    subtechniques = f"  ·  {each.subtechniques_covered} of {each.subtechniques} sub" if each.subtechniques else ""
    return f"{bar(covered, of)}  *{escape(each.label)}*  {each.covered} of {each.techniques}{subtechniques}"


def bar(part: int, whole: int) -> str:
    """Ten segments; the first is filled from one on, the last only by all."""
    filled = round(_BAR * part / whole) if whole else 0
    filled = min(max(filled, 1 if part else 0), _BAR if part == whole else _BAR - 1)
    return "▰" * filled + "▱" * (_BAR - filled)


def _sources(coverage: Coverage) -> list[str]:
    rows = []
    every = coverage.by_source
    for each in every:
        idle = each.detections - each.counting
        rows.append(
            f"• *{escape(one_line(each.source)) or 'unnamed'}*  {counted(each.counting, 'rule')} for "
            f"{counted(each.techniques, 'technique or sub-technique', 'techniques and sub-techniques')}"
            + (f", {each.only_here} of them nowhere else" if len(every) > 1 else "")
            + (f"; {idle:,} more name none that is loaded" if idle else "")
        )
    return ["*Sources*", *rows] if rows else []


def unplaced(coverage: Coverage) -> str:
    """How many rules name ids that no loaded release knows, and which; empty where none does."""
    if not coverage.unplaced:
        return ""
    ids = [each.id for each in sorted(coverage.unknown_ids, key=lambda each: (-each.count, each.id))]
    more = f" and {len(ids) - _UNKNOWN} more" if len(ids) > _UNKNOWN else ""
    verb = "names" if coverage.unplaced == 1 else "name"
    return (
        f":warning: {counted(coverage.unplaced, 'rule')} {verb} ids of a newer release, or of none: "
        f"{', '.join(map(code, ids[:_UNKNOWN]))}{more}. They count once a release that has them is here."
    )


def caution() -> Block:
    """What every reply about coverage says once."""
    return blocks.plain_context(NOT_DETECTION)


def selection_page(
    title: str,
    whole: Summary,
    found: Sequence[TechniqueCoverage],
    *,
    ask: str,
    buttons: Sequence[tuple[str, str]] = (),
    team: Team = EVERYBODY,
) -> Reply:
    """The techniques of a tactic, a group, a platform or a source, by how well they are covered.

    Args:
        title: What they have in common.
        whole: Their sum.
        found: They themselves.
        ask: What was asked, for the share button.
        buttons: Further questions, each with its label.
        team: Whose rules were counted; title, share button and questions say so by themselves.
    """
    title = team.titled(title)
    states = (
        ("Gaps", (State.GAP,)),
        ("Only sub-techniques have rules", (State.SUBTECHNIQUES,)),
        ("Brittle", (State.BRITTLE,)),
        ("Covered", (State.COVERED, State.REDUNDANT)),
    )
    rows = []
    for label, wanted in states:
        members = [each for each in found if each.state in wanted]
        if members:
            rows.append(f"*{label}* {len(members)}\n{techniques_line(members)}")
    return Reply(
        text=escape(cut(f"{title}: {in_a_sentence(whole)}", FALLBACK_CHARACTERS)),
        blocks=(
            blocks.header(title),
            *paragraph(escape(in_a_sentence(whole)), team.line, _strength(whole), _seen(whole)),
            *(blocks.section(row) for row in rows),
            caution(),
            *also(*((label, team.asking(words)) for label, words in buttons)),
        ),
        share=asked_again(team.asking(ask)),
    )


def techniques_line(found: Sequence[TechniqueCoverage], most: int = _LISTED) -> str:
    """``T1059 Command and…, T1566 Phishing and 12 more``, each linked, those with the most rules first."""
    shown = ",  ".join(linked_id(each.technique) for each in found[:most])
    left = len(found) - most
    return f"{shown} and {left:,} more" if left > 0 else shown


def source_page(whole: SourceSummary, claimed: Sequence[TechniqueCoverage], *, team: Team = EVERYBODY) -> Reply:
    """What one source adds to the others.

    Args:
        whole: Its sum.
        claimed: The techniques its rules name.
        team: Whose rules were counted.
    """
    name = one_line(whole.source)
    title = team.titled(f"Coverage by “{name}”")
    said = (
        f"{counted(whole.counting, 'rule')} of {whole.detections:,} name "
        f"{counted(whole.techniques, 'technique or sub-technique', 'techniques and sub-techniques')}, "
        f"{whole.only_here} of them nowhere else"
    )
    alone = [each for each in claimed if len(each.sources) == 1]
    shared = [each for each in claimed if len(each.sources) > 1]
    return Reply(
        text=escape(cut(f"{title}: {said}.", FALLBACK_CHARACTERS)),
        blocks=(
            blocks.header(title),
            *paragraph(f"{escape(said)}.", team.line),
            *paragraph(f"*Only here* {len(alone)}" if alone else "", techniques_line(alone)),
            *paragraph(f"*Elsewhere too* {len(shared)}" if shared else "", techniques_line(shared)),
            caution(),
        ),
        share=asked_again(team.asking(f"coverage source {name}")),
    )
