"""What a team's rules claim for a whole matrix, and the lines that every reply about coverage shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.asking import also, asked_again
from bot.views.cards.frame import labelled, paragraph
from bot.views.cards.related import counted
from bot.views.limits import FALLBACK_CHARACTERS
from bot.views.mrkdwn import code, cut, escape, one_line
from bot.views.reply import Block, Reply
from bot.views.whose import EVERYBODY, Team
from knowledge.coverage import NOT_DETECTION

if TYPE_CHECKING:
    from knowledge.coverage import Coverage, SourceSummary, Summary, TechniqueCoverage
    from knowledge.model import Domain

_BAR = 10
_UNKNOWN = 4
_TEAMS = 8
_TEAM = 40

NOTHING_IMPORTED = (
    "No detections are imported yet. Choose a file with 'import' here, or run 'attackbot coverage import PATH' beside "
    "the bot; it reads Sigma, Elastic, Splunk, Sentinel, Navigator layers, DeTT&CT, CSV, XLSX and STIX."
)


def coverage_page(
    coverage: Coverage,
    domain: Domain,
    *,
    team: Team = EVERYBODY,
    teams: Sequence[Team] = (),
    command: str = "/attack",
) -> Reply:
    """All of one domain by tactic, where the rules come from, and what could not be placed.

    Args:
        coverage: What the rules claim.
        domain: Loaded.
        team: Whose rules they are.
        teams: Those that share the workspace.
        command: What stands before a verb.
    """
    release = next(each for each in coverage.catalog.releases if each.domain is domain)
    whole = coverage.summary(release.label, domain=domain)
    said = in_a_sentence(whole)
    others = [each for each in coverage.by_domain() if each.label != release.label and each.rules]
    tactics = coverage.by_tactic(domain) if whole.rules else ()
    title = team.titled(f"Coverage of ATT&CK {release.label}")
    return Reply(
        text=escape(cut(f"{title}: {said}", FALLBACK_CHARACTERS)),
        blocks=(
            blocks.header(title),
            *summed_up(whole, coverage.techniques(domain=domain), team, command),
            *paragraph(*map(tactic_row, tactics)),
            *paragraph(*(_sources(coverage) if whole.rules else ())),
            *paragraph(*(f"*{escape(each.label)}*  {escape(in_a_sentence(each))}" for each in others)),
            *paragraph(unplaced(coverage)),
            *paragraph(_teams(teams) if team == EVERYBODY else ""),
            caution(),
            *also(
                ("Gaps", team.asking(f"gaps domain {domain}")),
                ("Heat map", team.asking(f"heatmap coverage domain {domain}")),
                ("What you collect", "collect"),
            ),
        ),
        share=asked_again(team.asking(f"coverage domain {domain}")),
    )


def _teams(teams: Sequence[Team]) -> str:
    if not teams:
        return ""
    named = ", ".join(escape(cut(team.name, _TEAM)) for team in teams[:_TEAMS])
    more = f" and {len(teams) - _TEAMS} more" if len(teams) > _TEAMS else ""
    one = code(cut(teams[0].asking("").strip(), 2 * _TEAM))
    return f"*Teams*  {named}{more}  ·  {one} behind any question tells of one"


def in_a_sentence(whole: Summary) -> str:
    """How many techniques and sub-techniques have rules, and how many rules these are."""
    if not whole.rules:
        some = ((whole.techniques, "technique"), (whole.subtechniques, "sub-technique"))
        asked = " and ".join(counted(number, noun) for number, noun in some if number)
        return f"No rule of yours names any of its {asked}." if asked else "It has no technique that a rule could name."
    parts = [f"{whole.covered} of {counted(whole.techniques, 'technique')}"] if whole.techniques else []
    if whole.subtechniques:
        parts.append(f"{whole.subtechniques_covered} of {counted(whole.subtechniques, 'sub-technique')}")
    named = " and ".join(parts) or "none of its techniques"
    verb = "has" if whole.techniques + whole.subtechniques == 1 else "have"
    return f"{named} {verb} a rule of their own; {counted(whole.rules, 'rule')} in all."


def summed_up(whole: Summary, found: Sequence[TechniqueCoverage], team: Team, command: str) -> tuple[Block, ...]:
    """The answer in a sentence, whose rules it counts, how strong they are and whether they see anything."""
    return paragraph(
        f"*{escape(in_a_sentence(whole))}*",
        team.line,
        _strength(whole),
        _seen(whole, found, command),
        _validated(whole),
    )


def _strength(whole: Summary) -> str:
    parts = []
    if whole.brittle:
        parts.append(f"{whole.brittle} brittle (one rule, or only unproven ones)")
    if whole.redundant:
        parts.append(f"{whole.redundant} with 10 rules or more")
    if whole.through_subtechniques:
        parts.append(f"{whole.through_subtechniques} more only through sub-techniques")
    return labelled("Strength", "  ·  ".join(parts))


def _seen(whole: Summary, found: Sequence[TechniqueCoverage], command: str) -> str:
    """For how many a log source is collected; nothing where no rule names one that is known."""
    blind = sum(unseen(each) for each in found)
    parts = [f"collected for {whole.visible}"] if whole.visible else []
    if whole.assumed:
        parts.append(f"only assumed to be collected for {whole.assumed}")
    if blind:
        parts.append(f"*not collected for {blind}*, whose rules cannot fire")
    if whole.assumed:
        parts.append(f"{code(f'{command} collect')} settles that")
    return labelled("Log sources", "  ·  ".join(parts))


def unseen(each: TechniqueCoverage) -> bool:
    """Whether rules name a technique, and none of them can fire, since no log source of theirs is collected."""
    return each.covered and each.blind == len(each.claims)


def _validated(whole: Summary) -> str:
    return labelled("Validated", f"{whole.validated} proved by a test run" if whole.validated else "")


def tactic_row(each: Summary) -> str:
    """A bar, and how many of its techniques and sub-techniques have a rule."""
    of = each.techniques + each.subtechniques
    covered = each.covered + each.subtechniques_covered
    parts = [f"{each.covered} of {each.techniques}"] if each.techniques else []
    parts += [f"{each.subtechniques_covered} of {each.subtechniques} sub"] if each.subtechniques else []
    return f"{bar(covered, of)}  *{escape(each.label)}*  {'  ·  '.join(parts)}"


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
            + (_apart(each) if len(every) > 1 else "")
            + (f"; {counted(idle, 'more rule')} {'counts' if idle == 1 else 'count'} for none" if idle else "")
        )
    return ["*Sources*", *rows] if rows else []


def _apart(each: SourceSummary) -> str:
    if each.only_here == each.techniques:
        return ", nowhere else" if each.techniques else ""
    return f", {each.only_here:,} of them nowhere else" if each.only_here else ", all of them elsewhere too"


def unplaced(coverage: Coverage) -> str:
    """How many rules name ids that no loaded release knows, and which; empty where none does."""
    if not coverage.unplaced:
        return ""
    ids = [each.id for each in sorted(coverage.unknown_ids, key=lambda each: (-each.count, each.id))]
    more = f" and {len(ids) - _UNKNOWN} more" if len(ids) > _UNKNOWN else ""
    named = f"{', '.join(map(code, ids[:_UNKNOWN]))}{more}"
    one = coverage.unplaced == 1
    return (
        f":warning: {counted(coverage.unplaced, 'rule')} {'names' if one else 'name'} "
        f"{'an id' if len(ids) == 1 else 'ids'} that no loaded release has ({named}). Until a newer one is loaded, "
        f"what {'it covers' if one else 'they cover'} may look like a gap."
    )


def caution() -> Block:
    """What every reply about coverage says once."""
    return blocks.plain_context(NOT_DETECTION)
