"""From the command line's options to settings and toolbox, each made when a verb first needs it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

import click

if TYPE_CHECKING:
    from bot.commands.toolbox import Toolbox
    from config.settings import Settings


def settings_of(context: click.Context, over: Mapping[str, str] = MappingProxyType({})) -> Settings:
    """The settings, with ``--home`` and ``--config`` counted in.

    Args:
        context: Of the verb that asks.
        over: Environment variables that win over the real ones.

    Raises:
        SettingsError: With every wrong setting.
    """
    from config.settings import load

    path, environ = cast(tuple[Path | None, dict[str, str]], context.obj or (None, dict(os.environ)))
    return load(path, {**environ, **over})


def toolbox_of(context: click.Context) -> Toolbox:
    """What the commands work with, from this home."""
    from bot.app import build_toolbox

    return build_toolbox(settings_of(context))
