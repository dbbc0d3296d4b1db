"""What the team says of itself from a terminal: who it is, and what it collects."""

from __future__ import annotations

import json

import click

from bot.cli.context import toolbox_of, workspace_of, workspace_option
from bot.cli.coverage import COMMAND, json_option

_HOW = f"{COMMAND} collect --yes NAME  ·  --no NAME  ·  --forget NAME"


@click.command()
@click.argument("words", nargs=-1, metavar="[WORDS]")
@click.option("--sector", "sectors", multiple=True, metavar="S", help="Work in this sector; may be repeated.")
@click.option("--group", "groups", multiple=True, metavar="G", help="Watch this group; may be repeated.")
@click.option("--platform", "platforms", multiple=True, metavar="P", help="Run this platform; may be repeated.")
@click.option("--clear", is_flag=True, help="Empty the profile first.")
@workspace_option("Whose profile")
@json_option
@click.pass_context
def profile(
    context: click.Context,
    words: tuple[str, ...],
    sectors: tuple[str, ...],
    groups: tuple[str, ...],
    platforms: tuple[str, ...],
    clear: bool,
    workspace: str,
    as_json: bool,
) -> None:
    """Tell who the team is, or say it; gaps are ranked with it.

    WORDS are those of the slash command: "sector finance group apt29, fin7", or "clear". What is named takes the place
    of what that part said before.
    """
    from bot.commands.profile import described, said_in_parts, save, tell_profile
    from bot.commands.request import Request
    from bot.views.terminal import show_reply

    toolbox = toolbox_of(context)
    request = Request(" ".join(words), team=workspace_of(toolbox, workspace))
    wish = said_in_parts(request, toolbox, sectors=sectors, groups=groups, platforms=platforms, clear=clear)
    changed = save(wish, request, toolbox) if wish else False
    if as_json:
        from bot.cli.coverage_json import profile_json

        click.echo(json.dumps(profile_json(described(request.team, toolbox), changed=changed)))
        return
    said = "" if not wish else "Kept." if changed else "Nothing changed."
    show_reply(tell_profile(request, toolbox, said=said, command=COMMAND))


@click.command()
@click.option("--yes", multiple=True, metavar="NAME", help="This log source is collected; may be repeated.")
@click.option("--no", multiple=True, metavar="NAME", help="This one is not.")
@click.option("--forget", multiple=True, metavar="NAME", help="Take an answer back; the rules decide again.")
@workspace_option("Whose log sources")
@json_option
@click.pass_context
def collect(
    context: click.Context,
    yes: tuple[str, ...],
    no: tuple[str, ...],
    forget: tuple[str, ...],
    workspace: str,
    as_json: bool,
) -> None:
    """Tell which log sources are collected, as the rules suggest and the team says; correct it by name."""
    from bot.commands.collecting import Answered, answer, answered, choices, unrecognised
    from bot.commands.request import Request
    from bot.views.collecting import collected_list
    from bot.views.terminal import show_reply

    toolbox = toolbox_of(context)
    request = Request(team=workspace_of(toolbox, workspace))
    asked = bool(yes or no or forget)
    done = answer(request, toolbox, yes=yes, no=no, forget=forget) if asked else Answered()
    if asked and not as_json:
        show_reply(answered(done))
        return
    rows, unknown = choices(request, toolbox), unrecognised(request, toolbox)
    if as_json:
        from bot.cli.coverage_json import collected_json

        click.echo(json.dumps(collected_json(rows, unknown, done)))
        return
    show_reply(collected_list(rows, unknown, how=_HOW))
