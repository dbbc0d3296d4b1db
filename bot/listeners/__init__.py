"""Slack's doors. They ack, build a Request, call a command, send the Reply; they decide nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.listeners import (
    asking,
    buttons,
    collecting,
    home,
    import_form,
    items,
    judging,
    mapping_form,
    mention,
    once,
    profile,
    shortcut,
    slash,
    subscribing,
    unfurl,
)

if TYPE_CHECKING:
    from slack_bolt import App

    from bot.commands.toolbox import Toolbox


def register(app: App, toolbox: Toolbox) -> None:
    """Open every door of an app.

    Args:
        app: The Bolt app.
        toolbox: What the commands work with.
    """
    once.register(app)
    slash.register(app, toolbox)
    mention.register(app, toolbox)
    buttons.register(app, toolbox)
    asking.register(app, toolbox)
    import_form.register(app, toolbox)
    collecting.register(app, toolbox)
    profile.register(app, toolbox)
    mapping_form.register(app, toolbox)
    judging.register(app, toolbox)
    subscribing.register(app, toolbox)
    items.register(app, toolbox)
    shortcut.register(app, toolbox)
    home.register(app, toolbox)
    unfurl.register(app, toolbox)
