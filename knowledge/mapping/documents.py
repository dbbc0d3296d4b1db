"""A file somebody handed over becomes the text to map."""

from __future__ import annotations

import codecs
import re
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser

from knowledge.errors import KnowledgeError

LARGEST = 1_000_000
"""Bytes of a file; what a form and a message take."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAIL_HEADER = re.compile(rb"\A(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}\r?\n", re.ASCII)
_MAIL_FIELDS = ("From", "Reply-To", "To", "Subject")
_MOST_PARTS = 50
_BLOCKS = frozenset({"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "table", "ul", "ol"})
_UNSEEN = frozenset({"script", "style", "head", "title"})


class DocumentError(KnowledgeError, ValueError):
    """A file that cannot be mapped; the sentence says why and what can."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}; a text, JSON, CSV or EML file of up to 1 MB can be mapped.")


def text_of(name: str, raw: bytes) -> str:
    """The words of a file: text as it is, of a mail its subject, people, bodies and attachments' names.

    Args:
        name: The file's name, for the message and to know an ``.eml`` by.
        raw: Its bytes: UTF-8, UTF-16 or UTF-32 with a mark, else UTF-8 with what does not fit replaced.

    Raises:
        DocumentError: It is larger than `LARGEST`, or no text.
    """
    if len(raw) > LARGEST:
        raise DocumentError(name, f"{len(raw) / 1e6:.1f} MB is too large")
    if name.lower().endswith(".eml") or (_MAIL_HEADER.match(raw) and b"\nsubject:" in raw[:20_000].lower()):
        return _mail(name, raw)
    return _decoded(name, raw)


def _decoded(name: str, raw: bytes) -> str:
    encoding = next((encoding for mark, encoding in _BOMS if raw.startswith(mark)), "utf-8")
    text = raw.decode(encoding, errors="replace")
    odd = sum(text.count(letter) for letter in ("\0", "\ufffd"))
    if odd > len(text) // 10:
        raise DocumentError(name, "this is no text")
    return text


def _mail(name: str, raw: bytes) -> str:
    try:
        message = BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)
        lines = [f"{field}: {message[field]}" for field in _MAIL_FIELDS if message[field]]
        for at, part in enumerate(message.walk()):
            if at >= _MOST_PARTS:
                lines.append(f"({_MOST_PARTS} parts were read; the mail has more)")
                break
            lines += _part(part)
    except (MessageError, ValueError, LookupError, RecursionError):
        return _decoded(name, raw)
    return "\n".join(lines)


def _part(part: object) -> list[str]:
    if not isinstance(part, EmailMessage) or part.is_multipart():
        return []
    if attached := part.get_filename():
        return [f"Attachment: {attached} ({part.get_content_type()})"]
    if part.get_content_maintype() != "text":
        return []
    content = part.get_content()
    return [_without_tags(content) if part.get_content_subtype() == "html" else str(content)]


class _Words(HTMLParser):
    """Collects what a reader of the page would see, and where its links lead."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        if tag in _BLOCKS:
            self.words.append("\n")
        href = dict(attrs).get("href") if tag == "a" else None
        if href:
            self.words.append(f" {href} ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)


def _without_tags(page: str) -> str:
    reader = _Words()
    reader.feed(page)
    reader.close()
    return "".join(reader.words)
