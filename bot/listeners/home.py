"""The App Home tab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.views.home import home

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for the tab being opened."""

    @app.event("app_home_opened")
    def on_home(event: dict[str, Any], client: WebClient) -> None:
        if event.get("tab", "home") == "home":
            view = home(toolbox.reference().catalog, command=toolbox.command)
            client.views_publish(user_id=event["user"], view=view)
