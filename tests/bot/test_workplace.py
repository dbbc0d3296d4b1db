"""What Slack knows of people and channels."""

from __future__ import annotations

from typing import Any

from slack_sdk.errors import SlackApiError

from bot.workplace import SlackWorkplace


class Directory:
    """The two methods that are asked."""

    def __init__(self, *pages: dict[str, Any], zone: str = "Asia/Tokyo", refuses: bool = False) -> None:
        self.pages = list(pages)
        self.asked: list[str | None] = []
        self.zone = zone
        self.refuses = refuses

    def users_info(self, user: str) -> dict[str, Any]:
        self._refuse()
        return {"ok": True, "user": {"id": user, "tz": self.zone}}

    def users_conversations(self, **asked: Any) -> dict[str, Any]:
        self._refuse()
        self.asked.append(asked["cursor"])
        return self.pages.pop(0)

    def _refuse(self) -> None:
        if self.refuses:
            raise SlackApiError("refused", {"ok": False, "error": "missing_scope"})


def page(*channels: tuple[str, str], cursor: str = "") -> dict[str, Any]:
    return {
        "channels": [{"id": key, "name": name} for key, name in channels],
        "response_metadata": {"next_cursor": cursor},
    }


def test_every_page_is_read_and_remembered_for_a_minute() -> None:
    directory = Directory(page(("C1", "soc"), cursor="more"), page(("C2", "ir")), page(("C3", "new")))
    seconds = [0.0]
    workplace = SlackWorkplace(directory, lambda: seconds[0])  # type: ignore[arg-type]

    assert workplace.channels() == {"C1": "soc", "C2": "ir"}
    assert workplace.channels() == {"C1": "soc", "C2": "ir"}
    seconds[0] = 61
    assert workplace.channels() == {"C3": "new"}
    assert directory.asked == [None, "more", None]


def test_a_persons_time_zone() -> None:
    assert SlackWorkplace(Directory()).zone_of("U1") == "Asia/Tokyo"  # type: ignore[arg-type]


def test_where_slack_does_not_say_nobody_knows() -> None:
    workplace = SlackWorkplace(Directory(refuses=True))  # type: ignore[arg-type]

    assert workplace.channels() is None
    assert workplace.zone_of("U1") == ""
