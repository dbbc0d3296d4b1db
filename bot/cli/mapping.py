"""Mapping alerts from a terminal or a pipeline, and what the team said of the answers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from bot.cli.context import toolbox_of, workspace_of, workspace_option
from knowledge.model import Domain

if TYPE_CHECKING:
    from knowledge.mapping import Mapping


@click.command("map")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--jsonl", is_flag=True, help='A stream: one {"id", "text"} a line in, one answer a line out.')
@click.option("--json", "as_json", is_flag=True, help="JSON on one line.")
@click.option("--domain", type=click.Choice([domain.value for domain in Domain]), help="Only this domain.")
@workspace_option("Whose detections and confirmations count")
@click.pass_context
def map_command(
    context: click.Context, file: Path | None, jsonl: bool, as_json: bool, domain: str | None, workspace: str
) -> None:
    """Name the techniques that an alert in FILE, or on standard input, likely shows."""
    toolbox = toolbox_of(context)
    workspace = workspace_of(toolbox, workspace)
    only = Domain(domain) if domain else None
    if jsonl:
        with file.open("rb") if file else sys.stdin.buffer as stream:
            for number, row in _rows(stream):
                text, row_id = row.get("text"), row.get("id", number)
                if not isinstance(text, str):
                    raise click.ClickException(f'line {number}: "text" is missing or no text.')
                click.echo(json.dumps(_answer(row_id, toolbox.map(workspace, text, domain=only))))
        return
    from knowledge.mapping.documents import text_of

    name = file.name if file else "standard input"
    text = text_of(name, file.read_bytes() if file else sys.stdin.buffer.read())
    if as_json:
        click.echo(json.dumps(_answer(name, toolbox.map(workspace, text, domain=only))))
        return
    from bot.views.mapping import mapped
    from bot.views.terminal import show_reply

    show_reply(mapped(toolbox.map(workspace, text, domain=only), toolbox.reference().catalog))


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


def _rows(stream: BinaryIO) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise click.ClickException(f"line {number}: not valid JSON.") from None
        if not isinstance(row, dict):
            raise click.ClickException(f'line {number}: not an object with "id" and "text".')
        yield number, row


def _answer(row_id: object, mapping: Mapping) -> dict[str, Any]:
    return {
        "id": row_id,
        "techniques": [
            {
                "id": each.id,
                "name": each.name,
                "tactics": list(each.tactics),
                "confidence": each.confidence,
                "band": each.band,
                "evidence": [
                    {"quote": quote.quote, "start": quote.start, "end": quote.end, "why": quote.why}
                    for quote in each.evidence
                ],
            }
            for each in mapping.techniques
        ],
        "abstained": mapping.abstained,
        "reason": mapping.reason,
        "attack": mapping.release,
    }
