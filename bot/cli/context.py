"""From the command line's options to settings and toolbox, each made when a verb first needs it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from bot.commands.request import LOCAL

if TYPE_CHECKING:
    from bot.commands.toolbox import Toolbox
    from config.settings import Settings

Body = TypeVar("Body", bound=Callable[..., Any])


def settings_of(context: click.Context, over: Mapping[str, str] = MappingProxyType({})) -> Settings:
    """The settings, with ``--home`` and ``--config`` counted in.

    Args:
        context: Of the verb that asks.
        over: Environment variables that win over the real ones.

    Raises:
        SettingsError: With every wrong setting.
    """
    from config.settings import load

    path, environ = options_of(context)
    return load(path, {**environ, **over})


def options_of(context: click.Context) -> tuple[Path | None, dict[str, str]]:
    """The settings file that was named, and the environment with ``--home`` counted in."""
    return cast(tuple[Path | None, dict[str, str]], context.obj or (None, dict(os.environ)))


def workspace_option(whose: str) -> Callable[[Body], Body]:
    """``--workspace``, for `workspace_of`.

    Args:
        whose: What it chooses, for the help, without a full stop.
    """
    return click.option(
        "--workspace",
        default="",
        envvar="ATTACKBOT_WORKSPACE",
        metavar="ID",
        help=f"{whose}; the one workspace the bot serves unless given.",
    )


def workspace_of(toolbox: Toolbox, given: str) -> str:
    """Whose rules a call is about.

    A rule repository's pipeline on the bot's machine should not need to know Slack's id of the workspace: where the bot
    serves exactly one, that is meant, and standard error says so.

    Args:
        toolbox: Its store knows the workspaces.
        given: From ``--workspace``; empty when nobody said.
    """
    if given:
        return given
    served = [each for each in toolbox.store.workspaces() if each != LOCAL]
    if not served:
        return LOCAL
    if len(served) == 1:
        click.echo(f"For the workspace {served[0]}; --workspace names another.", err=True)
        return served[0]
    click.echo(f"For the workspace {LOCAL}; --workspace takes one of {', '.join(served)}.", err=True)
    return LOCAL


def toolbox_of(context: click.Context) -> Toolbox:
    """What the commands work with, from this home."""
    from bot.app import build_toolbox

    return build_toolbox(settings_of(context))
