"""What an import read and what became of each document; and the sources there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.asking import ASK, also, asked_again
from bot.views.cards.frame import labelled, paragraph
from bot.views.cards.related import counted
from bot.views.limits import FALLBACK_CHARACTERS
from bot.views.mrkdwn import code, cut, escape, one_line
from bot.views.reply import File, Reply
from bot.views.whose import Team

if TYPE_CHECKING:
    from knowledge.detections import ImportReport
    from knowledge.store import Source, SourceChange

_IDS = 10
_REJECTED = 6
_REASON = 160
_ROWS = 20


def import_summary(report: ImportReport, change: SourceChange) -> Reply:
    """Every count, the first few of each list, and the whole of them in a file where they are longer.

    Args:
        report: What was read.
        change: What became of the source.
    """
    team = Team(" ".join(change.label.split()))
    title = team.titled(f"Imported as “{one_line(report.source)}”")
    said = (
        f"{counted(report.read, 'document')} read: {report.imported:,} with a technique, "
        f"{report.without_technique:,} without, {len(report.rejected):,} rejected"
    )
    unknown = [f"{code(each.id)} ({each.count})" for each in report.unknown_ids]
    retired = [
        f"{code(each.id)} → {code(each.successor) if each.successor else 'no successor'} ({each.count})"
        for each in report.retired_ids
    ]
    rejected = [
        f"• {code(cut(each.path, _REASON))}  {escape(cut(one_line(each.reason), _REASON))}" for each in report.rejected
    ]
    passed = ", ".join(f"{each.count:,} {escape(each.what)}" for each in report.passed_over)
    reply = Reply(
        text=escape(cut(f"{title}: {said}. {changed(change)}", FALLBACK_CHARACTERS)),
        blocks=(
            blocks.section(f"*{escape(title)}*\n{escape(said)}.\n{escape(changed(change))}"),
            *paragraph(
                labelled("Formats", ", ".join(f"{escape(name)} {number:,}" for name, number in report.formats)),
                labelled("Unknown ids, kept", _few(unknown)),
                labelled("Retired ids, counted for their successor", _few(retired)),
                labelled("Passed over, no rules", passed),
            ),
            *paragraph(f"*Rejected* {len(rejected)}" if rejected else "", *rejected[:_REJECTED], _more(rejected)),
            blocks.plain_context(f"Checked against {', '.join(report.attack) or 'no release'}"),
            *also(("Coverage", team.asking("coverage")), ("Gaps", team.asking("gaps"))),
        ),
    )
    if max(len(unknown), len(retired)) <= _IDS and len(rejected) <= _REJECTED:
        return reply
    return reply.with_file(File("import-report.txt", as_lines(report, change).encode()))


def as_lines(report: ImportReport, change: SourceChange) -> str:
    """All of a report as plain text, a line each; for a terminal and for a file."""
    rows = [
        f"source: {one_line(report.source)}",
        f"read: {report.read:,}" + "".join(f", {name} {number:,}" for name, number in report.formats),
        f"imported: {report.imported:,}",
        f"without a technique: {report.without_technique:,}",
        f"unknown ids: {len(report.unknown_ids)}",
        *(f"  {each.id}  {each.count}x, first in {one_line(each.example)}" for each in report.unknown_ids),
        f"retired ids: {len(report.retired_ids)}",
        *(
            f"  {each.id}  now {each.successor or 'without a successor'}, {each.count}x, first in "
            f"{one_line(each.example)}"
            for each in report.retired_ids
        ),
        f"rejected: {len(report.rejected)}",
        *(f"  {one_line(each.path)}: {one_line(each.reason)}" for each in report.rejected),
        *(f"passed over: {each.count:,} {each.what}, such as {one_line(each.example)}" for each in report.passed_over),
        f"checked against: {', '.join(report.attack) or 'no release'}",
        changed(change),
    ]
    return "\n".join(rows) + "\n"


def changed(change: SourceChange) -> str:
    """``12 added, 3 changed, 1 removed.``, or that nothing changed."""
    if change.empty:
        return f"No change: {counted(change.unchanged, 'detection')} as before."
    if change.gone:
        return f"Removed, with {counted(change.removed, 'detection')}."
    parts = (("added", change.added), ("changed", change.changed), ("removed", change.removed))
    return ", ".join(f"{number:,} {word}" for word, number in (*parts, ("unchanged", change.unchanged))) + "."


def source_list(
    sources: Sequence[Source],
    *,
    how: str = "/attack import  ·  /attack sources history NAME  ·  /attack sources remove NAME",
) -> Reply:
    """Every source with its last import, and a button for what it covers.

    Args:
        sources: At least one.
        how: What to type to change them.
    """
    title = counted(len(sources), "source of detections", "sources of detections")
    rows = [
        blocks.section(_source(each), button=blocks.button("Coverage", f"{ASK}:also:{at}", _covers(each.latest.name)))
        for at, each in enumerate(sources[:_ROWS])
    ]
    left = len(sources) - _ROWS
    return Reply(
        text=escape(title),
        blocks=(
            blocks.section(f"*{title}*"),
            *rows,
            *paragraph(f"…and {left} more" if left > 0 else ""),
            blocks.plain_context(how),
        ),
    )


def _covers(name: str) -> str:
    return asked_again(f"coverage source {one_line(name)}")


def _source(source: Source) -> str:
    latest = source.latest
    team = f" of team {escape(one_line(latest.label))}" if latest.label else ""
    kinds = (
        f"{escape(one_line(latest.format))}, " if latest.format.casefold() not in ("", latest.name.casefold()) else ""
    )
    counts = [counted(source.detections, "detection"), f"{latest.without_technique:,} without a technique"]
    counts += [counted(latest.unknown_ids, "unknown id")] if latest.unknown_ids else []
    counts += [counted(latest.retired_ids, "retired id")] if latest.retired_ids else []
    counts += [f"{latest.rejected} rejected"] if latest.rejected else []
    where = f"  from {code(cut(one_line(latest.path), 80))}" if latest.path else ""
    return (
        f"*{escape(one_line(latest.name))}*{team}  ·  {kinds}{', '.join(counts)}\n"
        f"Last changed {escape(latest.imported_at[:10]) or 'some day'}{where}"
    )


def history_list(name: str, changes: Sequence[SourceChange]) -> Reply:
    """What the imports of a source changed, newest first."""
    title = f"History of “{one_line(name)}”"
    rows = [f"• {escape(each.at[:16].replace('T', ' '))}  {escape(changed(each))}" for each in changes[:_ROWS]]
    left = len(changes) - _ROWS
    return Reply(
        text=escape(f"{title}: {counted(len(changes), 'import')} changed something"),
        blocks=(
            blocks.section(f"*{escape(title)}*"),
            *paragraph(*rows, f"…and {left} more" if left > 0 else ""),
        ),
    )


def _few(ids: Sequence[str]) -> str:
    shown = ", ".join(ids[:_IDS])
    return f"{len(ids)}: {shown}{f' and {len(ids) - _IDS} more' if len(ids) > _IDS else ''}" if ids else ""


def _more(rows: Iterable[str]) -> str:
    left = len(list(rows)) - _REJECTED
    return f"…and {left} more, all in the file" if left > 0 else ""
