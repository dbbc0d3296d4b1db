"""Slack sends an event again when an answer was late; it is the same event and gets one answer."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import App, BoltResponse

_REMEMBERED = 5_000
"""Event ids kept: Slack retries for up to an hour, a busy workspace sends about one a second."""


class Seen:
    """A bounded memory of ids; threads may share it."""

    def __init__(self, size: int = _REMEMBERED) -> None:
        self._size = size
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def again(self, event_id: str) -> bool:
        """Whether an id was given before; it is remembered from now on."""
        with self._lock:
            known = event_id in self._ids
            self._ids[event_id] = None
            if len(self._ids) > self._size:
                self._ids.popitem(last=False)
            return known


def register(app: App) -> None:
    """Put the memory before every listener."""
    seen = Seen()

    @app.middleware
    def drop_retries(body: dict[str, Any], next: Callable[[], BoltResponse]) -> BoltResponse:  # noqa: A002 - Bolt's name
        if body.get("type") == "event_callback" and seen.again(str(body.get("event_id", ""))):
            from slack_bolt import BoltResponse as Response

            return Response(status=200)
        return next()
