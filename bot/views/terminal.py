"""A Reply for those who read it in a terminal: `attackbot lookup` and `attackbot console`."""

from __future__ import annotations

import html
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.views.reply import Block, Reply

_MARKUP = re.compile(
    r"<(?P<url>https?://[^|>]+)\|(?P<label>[^>]*)>"
    r"|<@(?P<user>\w+)>"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<!\w)\*(?P<bold>[^*\n]+)\*(?!\w)"
    r"|(?<!\w)_(?P<italic>[^_\n]+)_(?!\w)"
    r"|:(?P<emoji>warning|information_source):"
)
_GAP = "   "
"""What a wide space is where every letter has one width."""
_EMOJI = {"warning": "!", "information_source": "i"}


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one style: ``bold``, ``italic``, ``cyan``, ``dim`` or none, perhaps a link."""

    text: str
    style: str = ""
    url: str = ""


Line = tuple[Span, ...]


def show_reply(reply: Reply, *, call: str = "") -> None:
    """Print a reply on standard output: with styles and links on a terminal, plain in a pipe.

    Args:
        reply: What to print.
        call: What a shell says for the first word of a question, such as ``attackbot coverage show``; the questions
            stand as they are typed at the console unless given.
    """
    if not sys.stdout.isatty():
        print(as_text(reply, call=call))  # noqa: T201 - this is the command line's output
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for line in _lines(reply, call):
        text = Text()
        for span in line:
            text.append(span.text, style=" ".join(filter(None, (span.style, f"link {span.url}" if span.url else ""))))
        console.print(text, soft_wrap=False)


def as_text(reply: Reply, width: int = 100, *, call: str = "") -> str:
    """A reply as plain lines of at most `width` columns, but for words longer than that."""
    wrapped: list[str] = []
    for line in _lines(reply, call):
        text = "".join(span.text for span in line).rstrip()
        indent = "  " if text.startswith(("• ", "    ◦ ")) else ""
        wrapped += textwrap.wrap(
            text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return "\n".join(wrapped)


def _lines(reply: Reply, call: str) -> Iterator[Line]:
    hints: list[Line] = []
    for at, block in enumerate(reply.blocks):
        match block["type"]:
            case "header":
                yield (Span(block["text"]["text"], "bold"),)
            case "section":
                if at:
                    yield ()
                yield from _section(block)
            case "context":
                if at > 1:
                    yield ()
                for element in block["elements"]:
                    shown = spans(element["text"]) if element["type"] == "mrkdwn" else [Span(element["text"])]
                    yield tuple(Span(span.text, span.style or "dim", span.url) for span in shown)
            case "actions":
                hints += _hints(block["elements"], call)
            case _:
                continue
    if hints:
        yield ()
        yield from hints
    for file in reply.files:
        yield ()
        yield (Span(f"with a file: {file.name}, {len(file.content):,} bytes", "dim"),)


def _section(block: Block) -> Iterator[Line]:
    for row in block["text"]["text"].split("\n"):
        yield tuple(spans(row))


def _hints(buttons: Iterable[dict[str, Any]], call: str) -> Iterator[Line]:
    """Tabs as one line of section names, page turners as the call that turns."""
    tabs: list[str] = []
    subject = ""
    for button in buttons:
        action, _, rest = button["action_id"].partition(":")
        if action == "ask" and rest in ("next", "previous"):
            words = button["value"].partition("|")[2]
            asked = f"{call} {words.partition(' ')[2]}" if call else words
            yield (Span(f"{rest} page: ", "dim"), Span(asked, "cyan"))
        if action != "card":
            continue
        item, section, page = button["value"].split("|")
        if ":" in rest:
            turn = rest.partition(":")[2]
            call = f"attackbot lookup {item} --section {section} --page {int(page) + 1}"
            yield (Span(f"{turn} page: ", "dim"), Span(call, "cyan"))
        elif button.get("style") != "primary":
            count = re.search(r" \(\d+\)$", button["text"]["text"])
            tabs.append(section + (count.group() if count else ""))
            subject = item
    if tabs:
        yield (Span("more: ", "dim"), Span(f"attackbot lookup {subject} --section ", "cyan"), Span(" | ".join(tabs)))


def spans(mrkdwn: str) -> Iterator[Span]:
    """Slack's mrkdwn, one line of it, as styled text; a link named by its host shows its address."""
    at = 0
    for found in _MARKUP.finditer(mrkdwn):
        yield from _plain(mrkdwn[at : found.start()])
        at = found.end()
        part = found.groupdict()
        match found.lastgroup:
            case "label":
                url = html.unescape(part["url"])
                host = url.partition("://")[2].partition("/")[0]
                yield Span(url if part["label"] == host else html.unescape(part["label"]), "", url)
            case "user":
                yield Span(f"@{part['user']}")
            case "code":
                yield Span(html.unescape(part["code"]), "cyan")
            case "bold" | "italic":
                style = str(found.lastgroup)
                for inner in spans(part[style]):
                    yield Span(inner.text, f"{style} {inner.style}".strip(), inner.url)
            case _:
                yield Span(_EMOJI[part["emoji"]], "bold yellow")
    yield from _plain(mrkdwn[at:])


def _plain(text: str) -> Iterator[Span]:
    if text:
        yield Span(html.unescape(text).replace("\N{EM SPACE}", _GAP))
