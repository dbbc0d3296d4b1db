"""Asking from a terminal: the same commands, the same answers, as text or JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

import click

from bot.cli.context import toolbox_of
from knowledge.model import Kind


@click.command()
@click.argument("query", nargs=-1)
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="Only this kind of object.")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="Matches at most.")
@click.option("--section", default="overview", show_default=True, help="The part of a card to show.")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="The page of that part.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a query, on one line.")
@click.pass_context
def lookup(
    context: click.Context, query: tuple[str, ...], kind: str | None, limit: int, section: str, page: int, as_json: bool
) -> None:
    """Look QUERY up in ATT&CK: an id, a name, an alias, slang, a typo.

    Without QUERY, reads one query a line from standard input.
    """
    toolbox = toolbox_of(context)
    only = Kind(kind) if kind else None
    for asked in [" ".join(query)] if query else _lines():
        reference = toolbox.reference()
        if as_json:
            found = reference.lookup.find(asked, kind=only, limit=limit)
            click.echo(json.dumps({"query": asked, "matches": [_match(match) for match in found.matches[:limit]]}))
            continue
        from bot.commands.lookup import look_up, look_up_kind, show
        from bot.commands.request import Request
        from bot.views.terminal import show_reply

        answer = look_up_kind(only) if only else look_up
        reply = answer(Request(asked), toolbox)
        if reply.share and (section, page) != ("overview", 1):
            reply = show(Request(f"{reply.share.partition('|')[0]}|{section}|{page - 1}"), toolbox)
        show_reply(reply)


@click.command()
@click.pass_context
def console(context: click.Context) -> None:
    """Ask at a prompt: everything /attack understands, without Slack."""
    from bot.boundary import guarded
    from bot.commands.request import Request
    from bot.commands.table import perform
    from bot.views.terminal import show_reply

    toolbox = toolbox_of(context)
    toolbox.history.prepare()
    if sys.stdin.isatty():
        import readline  # noqa: F401 - importing it gives the prompt its history

        click.echo("What /attack understands, understood here. Try: kerberosting. Leave with quit.")
    while True:
        try:
            asked = input("/attack " if sys.stdin.isatty() else "").strip()
        except EOFError:
            return
        if asked.lower() in ("quit", "exit"):
            return
        request = Request(asked.removeprefix("/attack ").strip())
        show_reply(guarded(partial(perform, request, toolbox)))


def _lines() -> Iterator[str]:
    for line in sys.stdin:
        yield line.rstrip("\r\n")


def _match(match: Any) -> dict[str, Any]:
    item = match.object
    score = round(match.score, 4)
    return {"id": item.id, "name": item.name, "kind": item.kind.value, "score": score, "why": match.why}
