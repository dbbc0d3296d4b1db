"""Coverage from a terminal and from pipelines: import, show, gaps, export, sources."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.context import Body, toolbox_of, workspace_of, workspace_option

if TYPE_CHECKING:
    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply
    from bot.views.whose import Team

_FORMATS = ("navigator", "csv", "png")
_LIMIT = 10
COMMAND = "attackbot coverage"
"""What stands before ``gaps`` and ``profile`` in a terminal."""


def json_option(body: Body) -> Body:
    """``--json``, as ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="JSON on one line.")(body)


def _label(body: Body) -> Body:
    said = "Only the rules of this team, as its imports were labelled, and those without a label."
    return click.option("--label", default="", metavar="TEAM", help=said)(body)


@click.group()
def coverage() -> None:
    """Import your team's detections, see what they cover, rank what is missing."""


@coverage.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", default="", metavar="SOURCE", help="What to call the source; after PATH unless given.")
@click.option("--format", "only", default="", metavar="F", help="Read this format only, such as sigma.")
@click.option("--label", default="", metavar="TEAM", help="The team it belongs to, where several share a workspace.")
@workspace_option("Whose rules")
@json_option
@click.pass_context
def import_command(
    context: click.Context, path: Path, name: str, only: str, label: str, workspace: str, as_json: bool
) -> None:
    """Read the detections at PATH (a folder, a checkout, a file, a zip or tar) in place of what their source held."""
    from bot.cli.coverage_json import import_json
    from bot.commands.importing import import_detections
    from bot.views.imports import as_lines
    from bot.views.progress import progress_bar

    toolbox = toolbox_of(context)
    whose = workspace_of(toolbox, workspace)
    with progress_bar("files") as progress:
        done = import_detections(path, toolbox, whose, name=name, label=label, format=only, progress=progress)
    click.echo(json.dumps(import_json(done)) if as_json else as_lines(done.report, done.change), nl=as_json)


@coverage.command()
@click.argument("words", nargs=-1, metavar="[ID]")
@_label
@workspace_option("Whose rules")
@json_option
@click.pass_context
def show(context: click.Context, words: tuple[str, ...], label: str, workspace: str, as_json: bool) -> None:
    """Tell what the rules cover: all of it, or for ID: a technique, tactic, group, platform, domain or source."""
    from bot.commands.coverage import show_coverage, subject_of
    from bot.commands.teams import without_team

    toolbox = toolbox_of(context)
    whose = workspace_of(toolbox, workspace)
    asked = _team(label, toolbox, whose).asking(" ".join(words)).strip()
    if as_json:
        from bot.cli.coverage_json import coverage_json

        asked, team = without_team(asked, toolbox, whose)
        held = toolbox.coverage(whose, team)
        subject = subject_of(asked, held, toolbox.reference()) if asked else None
        click.echo(json.dumps(coverage_json(held, subject, team)))
        return
    _show(partial(show_coverage, command=COMMAND), asked, toolbox, whose, call=f"{COMMAND} show")


@coverage.command()
@click.argument("words", nargs=-1, metavar="[WORDS]")
@click.option("--group", "groups", multiple=True, metavar="G", help="Only what this group uses; may be repeated.")
@click.option("--sector", "sectors", multiple=True, metavar="S", help="Only what groups use that target this sector.")
@click.option("--platform", "platforms", multiple=True, metavar="P", help="Only on this platform; may be repeated.")
@click.option("--tactic", default="", metavar="T", help="Only of this tactic.")
@click.option("--log", "log_source", default="", metavar="SOURCE", help="Only what this log source would show.")
@click.option("--domain", default="", metavar="D", help="Only of this domain.")
@click.option("--limit", type=click.IntRange(1), default=_LIMIT, show_default=True, help="Rows at most.")
@click.option("--everyone", is_flag=True, help="Rank as if the team had no profile.")
@_label
@workspace_option("Whose rules")
@json_option
@click.pass_context
def gaps(
    context: click.Context,
    words: tuple[str, ...],
    groups: tuple[str, ...],
    sectors: tuple[str, ...],
    platforms: tuple[str, ...],
    tactic: str,
    log_source: str,
    domain: str,
    limit: int,
    everyone: bool,
    label: str,
    workspace: str,
    as_json: bool,
) -> None:
    """Rank what no rule covers, or not well, and say why each row stands there.

    Without a group or a sector the team's profile ranks; see "coverage profile".
    """
    from bot.commands.filters import narrowed_by
    from bot.commands.ranking import GapQuestion, gap_question, ranked_gaps
    from bot.views.gaps import gaps_page
    from bot.views.terminal import show_reply

    toolbox = toolbox_of(context)
    whose = workspace_of(toolbox, workspace)
    asked = gap_question(_team(label, toolbox, whose).asking(" ".join(words)), toolbox, whose)
    narrowed = narrowed_by(
        toolbox.reference(),
        asked.narrowed,
        groups=groups,
        sectors=sectors,
        platforms=platforms,
        tactic=tactic,
        log_source=log_source,
        domain=domain,
    ).limit(limit)
    found = ranked_gaps(GapQuestion(narrowed, asked.team, asked.everyone or everyone), toolbox, whose)
    if as_json:
        from bot.cli.coverage_json import gaps_json

        click.echo(json.dumps(gaps_json(found)))
        return
    page = gaps_page(
        found.coverage,
        found.report,
        about=found.about,
        ask="gaps",
        rows=limit,
        by_sector=found.by_sector,
        team=found.team,
        ranked_for=found.ranked_for,
        strangers=found.strangers,
        command=COMMAND,
    )
    show_reply(page)


@coverage.command()
@click.option("--format", "chosen", type=click.Choice(_FORMATS), required=True, help="What to write.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where to write it.")
@click.option(
    "--subject",
    default="coverage",
    show_default=True,
    help="coverage, gaps FILTERS, group X, or overlap X, Y; with 'domain D' for another matrix.",
)
@_label
@workspace_option("Whose rules")
@json_option
@click.pass_context
def export(
    context: click.Context, chosen: str, output: Path, subject: str, label: str, workspace: str, as_json: bool
) -> None:
    """Write coverage, gaps, a group or an overlap as a Navigator layer, a table or a picture."""
    from bot.commands.exporting import ExportFormat, exported

    toolbox = toolbox_of(context)
    whose = workspace_of(toolbox, workspace)
    words = _team(label, toolbox, whose).asking(subject)
    file, text = exported(words, ExportFormat(chosen), toolbox, whose)
    output.write_bytes(file.content)
    if as_json:
        click.echo(json.dumps({"output": str(output), "format": chosen, "bytes": len(file.content), "text": text}))
        return
    click.echo(f"{output}: {text}")


@coverage.command()
@click.argument("name", required=False, default="")
@workspace_option("Whose rules")
@json_option
@click.pass_context
def sources(context: click.Context, name: str, workspace: str, as_json: bool) -> None:
    """List the sources of detections; with NAME, what the imports of that one changed."""
    from bot.commands.sources import sources as listed

    toolbox = toolbox_of(context)
    whose = workspace_of(toolbox, workspace)
    if as_json:
        from bot.cli.coverage_json import history_json, sources_json

        store = toolbox.store
        answer = history_json(store.history(whose, source=name)) if name else sources_json(store.sources(whose))
        click.echo(json.dumps(answer))
        return
    how = f"{COMMAND} import PATH  ·  {COMMAND} sources NAME  ·  {COMMAND} remove NAME"
    _show(partial(listed, how=how), f"history {name}" if name else "", toolbox, whose)


@coverage.command()
@click.argument("name")
@workspace_option("Whose rules")
@json_option
@click.pass_context
def remove(context: click.Context, name: str, workspace: str, as_json: bool) -> None:
    """Take the source NAME and its detections away; TEAM/NAME where two teams have one of that name."""
    from bot.commands.request import Request
    from bot.commands.sources import remove as take_away
    from bot.views.imports import changed

    toolbox = toolbox_of(context)
    change = take_away(name, Request(team=workspace_of(toolbox, workspace)), toolbox)
    if as_json:
        click.echo(json.dumps({"source": change.name, "label": change.label, "removed": change.removed}))
        return
    click.echo(f"{change.name}: {changed(change)}")


def _team(label: str, toolbox: Toolbox, workspace: str) -> Team:
    """The team that ``--label`` names; everybody where it is not given."""
    from bot.commands.teams import team_named
    from bot.views.whose import EVERYBODY

    return team_named(label, toolbox.teams(workspace)) if label else EVERYBODY


def _show(command: Callable[..., Reply], words: str, toolbox: Toolbox, workspace: str, *, call: str = "") -> None:
    from bot.commands.request import Request
    from bot.views.terminal import show_reply

    show_reply(command(Request(words, team=workspace), toolbox), call=call)
