"""Mapping alerts from a terminal or a pipeline, and what the team said of the answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.context import options_of, toolbox_of, workspace_of, workspace_option
from bot.cli.mapping_json import answer_json
from knowledge.model import Domain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.cli.mapping_stream import Answer


@click.command("map")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--jsonl", is_flag=True, help='A stream: one {"id", "text"} a line in, one answer a line out.')
@click.option("--json", "as_json", is_flag=True, help="JSON on one line.")
@click.option("--domain", type=click.Choice([domain.value for domain in Domain]), help="Only this domain.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    help="Processes for --jsonl; unless given, a long stream gets one for each core.",
)
@workspace_option("Whose detections and confirmations count")
@click.pass_context
def map_command(
    context: click.Context,
    file: Path | None,
    jsonl: bool,
    as_json: bool,
    domain: str | None,
    jobs: int | None,
    workspace: str,
) -> None:
    """Name the techniques that an alert in FILE, or on standard input, likely shows.

    With --jsonl, a line that cannot be read is answered with {"line", "error"} and the stream goes on; that is a
    failure only where no line could be read.
    """
    toolbox = toolbox_of(context)
    workspace = workspace_of(toolbox, workspace)
    only = Domain(domain) if domain else None
    if jsonl:
        from bot.cli.mapping_stream import MapperOf, answers  # here, since it brings what processes need

        mapper = MapperOf(*options_of(context), workspace, only)
        with file.open("rb") if file else sys.stdin.buffer as stream:
            _answer_stream(answers(stream, mapper, jobs or 0))
        return
    from knowledge.mapping.documents import text_of

    name = file.name if file else "standard input"
    text = text_of(name, file.read_bytes() if file else sys.stdin.buffer.read())
    mapping = toolbox.map(workspace, text, domain=only)
    if as_json:
        click.echo(json.dumps(answer_json(name, mapping)))
        return
    from bot.commands.mapping import covered_by
    from bot.views.mapping import card_of, draw
    from bot.views.terminal import show_reply

    show_reply(draw(card_of(mapping, covered=covered_by(toolbox, workspace)), toolbox.reference().catalog))


@click.command()
@click.argument("words", nargs=-1, metavar="[list | export | erase ID | erase all]")
@workspace_option("Whose confirmations")
@click.pass_context
def confirmations(context: click.Context, words: tuple[str, ...], workspace: str) -> None:
    """List, export or erase what the team said of mapped alerts; an export goes to standard output."""
    from bot.commands.confirmations import confirmations as asked
    from bot.commands.request import Request
    from bot.views.terminal import show_reply

    toolbox = toolbox_of(context)
    reply = asked(Request(" ".join(words), team=workspace_of(toolbox, workspace)), toolbox)
    if reply.files:
        for each in reply.files:
            click.echo(each.content, nl=False)
        return
    show_reply(reply)


def _answer_stream(lines: Iterator[Answer]) -> None:
    read = failed = 0
    for line, is_answer in lines:
        click.echo(line)
        read, failed = read + is_answer, failed + (not is_answer)
    if failed and not read:
        raise click.ClickException("no line of it could be read; each answer says why.")
