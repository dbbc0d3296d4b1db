"""The leaves of Slack's mrkdwn: text, code, links and bold that show what they say and nothing else.

Slack reads ``<!channel>``, ``<@U123>`` and ``<url|label>`` in any mrkdwn text, so every string that did
not start as a literal of ours goes through here. Characters that cannot be seen are dropped: they
turn text round, hide words from a search and make two names look alike.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

ELLIPSIS = "…"

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)

# Slack has no escape for its four formatting marks: where two of them would format what stands between,
# the first is swapped for a look-alike.
_LOOK_ALIKE = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
_OPENERS = {mark: re.compile(rf"(?<!\w){re.escape(mark)}(?=\S)") for mark in "*_~"}
_CLOSERS = {mark: re.compile(rf"(?<=\S){re.escape(mark)}(?!\w)") for mark in "*_~"}

_FORMATS = re.compile(r"[*_~`]|^>", re.MULTILINE)

_URL_LIMIT = 1_500
_HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")
_ADDRESS_LABEL = re.compile(r"(?:https?://|www\.)([^/\s:?#]+)", re.IGNORECASE)


def clean(text: str) -> str:
    """Text without control, zero-width and direction characters; every line end is a newline."""
    return _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))


def one_line(text: str) -> str:
    """`clean`, with runs of white space as one space."""
    return " ".join(clean(text).split())


def escape(text: str) -> str:
    """Any text as mrkdwn that shows exactly it: no mention, no link, no formatting."""
    return escape_entities(disarm(clean(text)))


def disarm(text: str) -> str:
    """Cleaned text in which Slack finds nothing to format; its entities are still to be escaped."""
    return "\n".join(map(_disarm, text.split("\n"))) if _FORMATS.search(text) else text


def escape_entities(text: str) -> str:
    """Slack's three special characters as entities, once; nothing else is touched."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(text: str) -> str:
    """Any text as one inline code span, in which Slack formats nothing; empty for empty text."""
    shown = one_line(text).replace("`", _LOOK_ALIKE["`"])
    return f"`{escape_entities(shown)}`" if shown else ""


def bold(text: str) -> str:
    """Any text on one line, bold; empty for empty text."""
    shown = escape(one_line(text)).replace("*", _LOOK_ALIKE["*"])
    return f"*{shown}*" if shown else ""


def link(url: str, label: str) -> str:
    """A link where the address may be one, the escaped label where not.

    A label that is itself an address of another host is replaced by the host the link leads to.
    """
    address = safe_url(url)
    shown = escape(one_line(label)).replace("*", _LOOK_ALIKE["*"])
    if not address:
        return shown
    host = urlsplit(address).hostname or ""
    claimed = _ADDRESS_LABEL.match(one_line(label))
    if not shown or (claimed and claimed[1].lower().removeprefix("www.") != host.removeprefix("www.")):
        shown = escape(host)
    return f"<{escape_entities(address)}|{shown}>"


def safe_url(url: str) -> str:
    """The address, percent-encoded so that it cannot end Slack's link early; empty when it must not be one.

    Only ``http`` and ``https`` with a host in ASCII and no user name are links.
    """
    address = clean(url).strip()
    if len(address) > _URL_LIMIT:
        return ""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    if not _HOST.fullmatch(parts.netloc.removesuffix(f":{parts.port}")):
        return ""
    encoded = quote(address, safe="%/:=&?~#+!$,;'@()*[]-._")
    return encoded if len(encoded) <= _URL_LIMIT else ""


def cut(text: str, limit: int) -> str:
    """Plain text, not mrkdwn, of at most `limit` characters; cut after a word, with an ellipsis."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    if not text[limit - 1].isspace() and " " in kept[limit // 2 :]:
        kept = kept.rsplit(" ", 1)[0]
    return kept.rstrip(" ,;:") + ELLIPSIS


def _disarm(line: str) -> str:
    line = line.replace("`", _LOOK_ALIKE["`"])
    if line.startswith(">"):
        line = "›" + line[1:]
    for mark, opener in _OPENERS.items():
        if mark in line:
            last = max((found.start() for found in _CLOSERS[mark].finditer(line)), default=0)
            line = opener.sub(_LOOK_ALIKE[mark], line[:last]) + line[last:]
    return line
