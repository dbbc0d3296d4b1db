"""Windows events as XML, and other XML: whole, several after another, or cut."""

from __future__ import annotations

import re

from knowledge.alerts.formats.excerpt import Excerpt, line_end, trim
from knowledge.alerts.formats.reader import MAX_DEPTH, MAX_FIELDS, MAX_VALUE, Piece, Reader, Reading, Value

_MAX_TAGS = 50_000
"""Tags that are looked at in one record."""

_WINDOWS = (
    "Event|Events|System|EventData|UserData|RenderingInfo|Data|Provider|EventID|Channel|Computer|Correlation|Execution"
    "|Security|Keywords|Opcode|Task|Level|Version|TimeCreated|EventRecordID"
)
_BEGINS = re.compile(
    rf"<(?:\?xml\b|(?P<windows>{_WINDOWS})(?=[\s>/])(?:\s[^<>\n]{{0,400}})?/?>"
    r"|(?P<name>[A-Za-z_][\w:.-]{0,80})(?:\s[^<>]{0,2000})?/?>)"
    r"|(?P<cut>[^<>\n]{0,4000}+)</(?:Data|EventData|System|UserData)>"
)
_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Za-z_][\w:.-]{0,80})(?P<rest>(?:\s(?:[^<>\"'/]|/(?!>)|\"[^\"<]*\""
    r"|'[^'<]*')*+)?)(?P<self>/?)>"
    r"|<!\[CDATA\[|<!--|<\?"
)
_CUT_TAG = re.compile(r"<(?:/?[A-Za-z][\w:.-]{0,80}(?:\s[^<>]*)?|/)?$")
_ATTRIBUTE = re.compile(r"([\w:.-]{1,80})\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|'([^']*)')")
_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6}));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_SKIPPED = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}
_CLOSER_WITHIN = 20_000
_PAGES = frozenset(
    {
        "html", "head", "body", "script", "style", "div", "span", "p", "a", "b", "i", "u", "br", "hr", "img", "form",
        "input", "iframe", "svg", "table", "tr", "td", "th", "ul", "ol", "li", "h1", "h2", "h3", "title", "meta",
        "link", "button", "code", "pre", "em", "strong", "object", "embed", "font", "center", "blockquote", "details",
        "summary",
    }
)  # fmt: skip
"""Elements of web pages and of text that is marked up: those are read as text."""


def undo_entities(excerpt: Excerpt, start: int, end: int) -> Excerpt:
    """Text of XML with its entities undone; none but the five that XML itself has, and numbers."""
    if excerpt.text.find("&", start, end) < 0:
        return excerpt.part(start, end)
    return excerpt.undone(start, end, _ENTITY, _meaning)


def _meaning(match: re.Match[str]) -> str:
    if match[1]:
        return _NAMED[match[1]]
    code = int(match[2]) if match[2] else int(match[3], 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else match[0]


class _Scanner:
    """One record: the stack of open elements, never deeper than `MAX_DEPTH`.

    Args:
        excerpt: The text.
        at: Index of its first tag.
        fragment: Whether it is a Windows event whose start is missing: it then goes on until the event is closed.
    """

    def __init__(self, excerpt: Excerpt, at: int, *, fragment: bool) -> None:
        self.fragment = fragment
        self.excerpt = excerpt
        self.text = excerpt.text
        self.at = at
        self.stack: list[tuple[str, str]] = []
        self.values: list[Value] = []
        self.too_deep = 0
        self.truncated = False
        self.windows = False
        self.seen = False

    def scan(self) -> None:
        """Reads until the outermost element is closed, or until text that belongs to no element."""
        for _ in range(_MAX_TAGS):
            match = _TAG.search(self.text, self.at)
            end = match.start() if match else self._last_end()
            if not self._text(end) or not match:
                return
            self.at = match.end()
            if not match["name"]:
                self._skip(match)
            elif match["close"]:
                if self._close(match["name"]):
                    return
            elif match["name"] != "Events":
                self._open(match)
                if not self.stack and not self.fragment and match["self"]:
                    return
        self.truncated = True
        self.at = line_end(self.text, self.at)

    def _last_end(self) -> int:
        """Where text ends that no tag follows: with its line, for what is behind a cut record is a remark."""
        end = line_end(self.text, self.at)
        cut = self.text.rfind("<", self.at, end)
        return cut if cut >= 0 and _CUT_TAG.match(self.text, cut, end) else end

    def _text(self, end: int) -> bool:
        """Takes the text up to an index; says whether the record goes on."""
        path = self._path()
        if not path:
            rest = self.text[self.at : end]
            if rest.strip() and self.seen:
                return False
            self.at = end
            return True
        if end > self.at:
            self._add(path, undo_entities(self.excerpt, *self._bounds(end)))
        self.at = end
        return True

    def _bounds(self, end: int) -> tuple[int, int]:
        start, end = trim(self.text, self.at, end)
        if end - start > MAX_VALUE:
            end, self.truncated = start + MAX_VALUE, True
        return start, end

    def _skip(self, match: re.Match[str]) -> None:
        end = self.text.find(_SKIPPED[match[0]], self.at)
        if match[0] == "<![CDATA[" and self._path():
            stop = end if end >= 0 else line_end(self.text, self.at)
            start, last = self._bounds(stop)
            self._add(self._path(), self.excerpt.part(start, last))
        self.at = end + len(_SKIPPED[match[0]]) if end >= 0 else len(self.text)

    def _open(self, match: re.Match[str]) -> None:
        self.seen = True
        if len(self.stack) >= MAX_DEPTH:
            self.truncated = True
            self.too_deep += not match["self"]
            return
        name = match["name"].rpartition(":")[2]
        named = name
        places = [(each[1], each.span(2 if each[2] is not None else 3)) for each in self._attributes(match)]
        for attribute, (start, end) in places:
            if name == "Data" and attribute == "Name" and end > start:
                named = undo_entities(self.excerpt, start, end).text
        self.windows = self.windows or name in ("EventData", "System", "UserData") or named != name
        self.stack.append((name, f"{self._path(data=False)}.{named}".lstrip(".")))
        for attribute, (start, end) in places:
            if not attribute.startswith("xmlns") and not (name == "Data" and attribute == "Name"):
                self._add(f"{self.stack[-1][1]}.{attribute}", undo_entities(self.excerpt, start, end))
        if match["self"]:
            self.stack.pop()

    def _attributes(self, match: re.Match[str]) -> list[re.Match[str]]:
        start, end = match.span("rest")
        return list(_ATTRIBUTE.finditer(self.text, start, end)) if end > start else []

    def _close(self, name: str) -> bool:
        """Closes an element; says whether the record ends with it."""
        if self.too_deep:
            self.too_deep -= 1
            return False
        self.seen = True
        bare = name.rpartition(":")[2]
        if any(open_name == bare for open_name, _ in self.stack):
            while self.stack.pop()[0] != bare:
                pass
            return not self.stack and not self.fragment
        return self.fragment and bare == "Event"

    def _path(self, *, data: bool = True) -> str:
        if not self.stack or (data and self.too_deep):
            return ""
        return self.stack[-1][1]

    def _add(self, path: str, excerpt: Excerpt) -> None:
        if len(self.values) >= MAX_FIELDS:
            self.truncated = True
        elif excerpt.text:
            self.values.append(Value(path, excerpt))


def _read(excerpt: Excerpt, at: int) -> Reading | None:
    begins = _BEGINS.match(excerpt.text, at)
    if not begins:
        return None
    name = begins["name"]
    if name and not _is_element(excerpt.text, at, name, begins.end()):
        return None
    windows = begins["windows"] not in (None, "Event", "Events")
    scanner = _Scanner(excerpt, at, fragment=windows or begins["cut"] is not None)
    if begins["cut"]:
        scanner.values.append(Value("", undo_entities(excerpt, *begins.span("cut"))))
        scanner.at = begins.end("cut")
    scanner.scan()
    if not scanner.values:
        return None
    scanner.windows = scanner.windows or scanner.fragment
    form = "windows_xml" if scanner.windows else "xml"
    place, end = excerpt.place(at), excerpt.place(scanner.at)
    piece = Piece(form, tuple(scanner.values), place, end, scanner.truncated)
    return Reading((piece,), scanner.at)


def _is_element(text: str, at: int, name: str, end: int) -> bool:
    """Whether a tag that may be anything is XML: it is closed, or its name space is told."""
    if name.lower() in _PAGES:
        return False
    if "xmlns" in text[at:end]:
        return True
    return text.find(f"</{name}>", end, end + _CLOSER_WITHIN) >= 0


XML = Reader("xml", _BEGINS, _read, carried=True)
