"""The people of the local Slack: what they type and click, and what they then see."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests

WAIT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it lies in a channel.

    Attributes:
        ephemeral_to: Who alone sees it; empty when everybody does.
        thread_ts: The message it hangs under; empty at the top level.
    """

    channel: str
    ts: str
    user: str
    text: str
    blocks: tuple[Mapping[str, Any], ...] = ()
    thread_ts: str = ""
    ephemeral_to: str = ""
    by_bot: bool = False

    @property
    def shown(self) -> str:
        """Every word a person reads: the text of all blocks, or the message's own where there are none."""
        return "\n".join(_texts(self.blocks)) if self.blocks else self.text

    @property
    def everything(self) -> str:
        """All of it as JSON: what Slack would scan for mentions and links."""
        return json.dumps([self.text, self.blocks], ensure_ascii=False)

    def buttons(self) -> tuple[Mapping[str, Any], ...]:
        """Its buttons and menus as `block_actions` would send them, each with its `block_id`."""
        return tuple(_actions(self.blocks))

    def button(self, name: str) -> Mapping[str, Any]:
        """The button with this label or action id, or the menu with this choice in it, as it is sent.

        Raises:
            LookupError: It has no such button; the message names those it has.
        """
        labels = []
        for action in self.buttons():
            if name in (action["action_id"], action["text"].get("text")):
                return action
            for option in action["options"]:
                labels.append(option["text"]["text"])
                if name == labels[-1]:
                    return {**action, "selected_option": option}
            labels.append(action["text"].get("text"))
        raise LookupError(f"no button {name!r}; there are {labels}")


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        if isinstance(part.get("text"), str):
            yield part["text"]
        for value in part.values():
            yield from _texts(value)
    elif isinstance(part, (list, tuple)):
        for value in part:
            yield from _texts(value)


def _actions(blocks: tuple[Mapping[str, Any], ...]) -> Iterator[Mapping[str, Any]]:
    for index, block in enumerate(blocks):
        elements = [*block.get("elements", ()), *([block["accessory"]] if "accessory" in block else ())]
        for element in elements:
            if isinstance(element, Mapping) and "action_id" in element:
                yield {
                    "type": element["type"],
                    "action_id": element["action_id"],
                    "block_id": block.get("block_id", f"b{index}"),
                    "value": element.get("value"),
                    "text": element.get("text", {}),
                    "options": element.get("options", []),
                }


class LocalSlackClient:
    """Drives one local Slack by its control API.

    Args:
        url: Where it serves, without a slash at the end.
    """

    def __init__(self, url: str) -> None:
        self._control = f"{url}/_control"
        self._session = requests.Session()

    def close(self) -> None:
        """Let go of its connections."""
        self._session.close()

    def command(self, channel: str, user: str, text: str, *, command: str = "/attack") -> None:
        """Type a slash command; returns when the bot has acknowledged it, not when it has answered."""
        self._post("command", channel=channel, user=user, command=command, text=text)

    def message(self, channel: str, user: str, text: str, *, thread_ts: str = "") -> Message:
        """Post a message. A user's id as the channel is that user's conversation with the bot."""
        extra = {"thread_ts": thread_ts} if thread_ts else {}
        return _message(self._post("message", channel=channel, user=user, text=text, **extra)["message"])

    def interact(self, message: Message, user: str, button: str) -> None:
        """Click the button with this label or action id, or choose this from the first menu that has it."""
        self._post("interact", channel=message.channel, messageTs=message.ts, user=user, action=message.button(button))

    def open_home(self, user: str) -> None:
        """Open the App Home tab."""
        self._post("open-home", user=user)

    def messages(self, channel: str) -> tuple[Message, ...]:
        """All messages of a channel, oldest first; replies and ephemeral ones among them."""
        return tuple(_message(each) for each in self._get(f"messages/{channel}")["messages"])

    def calls(self, method: str) -> tuple[Mapping[str, Any], ...]:
        """The arguments of every call the bot made to a Web API method, oldest first."""
        return tuple(
            entry["detail"]
            for entry in self._get("log")["log"]
            if entry["kind"] == "web_api" and entry["direction"] == "from_bot" and entry["summary"] == method
        )

    def connected(self) -> bool:
        """Whether the bot has opened its Socket Mode connection."""
        return any(entry["summary"].startswith("socket connected") for entry in self._get("log")["log"])

    def wait_for(self, channel: str, wanted: Callable[[Message], bool], *, seconds: float = WAIT_SECONDS) -> Message:
        """The first message of a channel that is wanted.

        Raises:
            AssertionError: None came in time; it shows what did.
        """
        deadline = time.monotonic() + seconds
        while True:
            seen = self.messages(channel)
            for message in seen:
                if wanted(message):
                    return message
            if time.monotonic() > deadline:
                raise AssertionError(f"not in {channel} after {seconds:g} s; there is {[each.shown for each in seen]}")
            time.sleep(0.05)

    def wait_until(self, happened: Callable[[], bool], what: str, *, seconds: float = WAIT_SECONDS) -> None:
        """Wait for anything else.

        Raises:
            AssertionError: It did not happen in time.
        """
        deadline = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > deadline:
                raise AssertionError(f"{what}: not after {seconds:g} s")
            time.sleep(0.05)

    def reset(self) -> None:
        """Forget all messages, views and files. Connections stay."""
        self._post("reset")

    def _get(self, path: str) -> Any:
        return _json(self._session.get(f"{self._control}/{path}", timeout=10))

    def _post(self, path: str, **body: Any) -> Any:
        return _json(self._session.post(f"{self._control}/{path}", json=body, timeout=30))


def _json(response: requests.Response) -> Any:
    response.raise_for_status()
    return response.json()  # an unknown path answers with the page, which is not JSON and fails here


def _message(raw: Mapping[str, Any]) -> Message:
    return Message(
        channel=raw["channel"],
        ts=raw["ts"],
        user=raw.get("user", ""),
        text=raw.get("text") or "",
        blocks=tuple(raw.get("blocks") or ()),
        thread_ts=raw.get("thread_ts", ""),
        ephemeral_to=raw.get("ephemeral_to", ""),
        by_bot="bot_id" in raw,
    )
