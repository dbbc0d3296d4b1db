"""Lines of web servers and proxies: Apache's and nginx's common and combined form, Squid's."""

from __future__ import annotations

import re

from knowledge.alerts.formats.excerpt import Excerpt, line_end
from knowledge.alerts.formats.reader import Reader, Reading, Value, piece_of

_METHODS = "GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PROPFIND|PROPPATCH|MKCOL|MOVE|COPY|SEARCH|REPORT|DEBUG"
_TEXT = r"(?:[^\"\\\n]|\\.)*+"
_COMMON = re.compile(
    r"(?:(?P<vhost>[\w.-]{1,255}:\d{1,5}) )?(?P<address>[\w.:-]{2,255}) (?P<ident>\S{1,64}) "
    r"(?P<user>[^\n\[\"]{1,200}?) "
    rf"\[(?P<time>\d\d?/[^\]\n]{{8,40}})\] \"(?P<request>{_TEXT})(?:\" (?P<status>\d{{3}})(?: (?P<size>\d{{1,15}}|-))?"
    rf"(?: \"(?P<referer>{_TEXT})(?:\" \"(?P<user_agent>{_TEXT})\"?)?)?|\"?$)",
    re.MULTILINE,
)
_BARE = re.compile(
    rf"\"?(?P<request>(?:{_METHODS}) [^\n\"]{{1,8000}}? HTTP/\d(?:\.\d)?)\"?[ \t]{{1,4}}"
    rf"(?P<status>\d{{3}})\b(?: (?P<size>\d{{1,15}}|-))?"
    rf"(?: \"(?P<referer>{_TEXT})(?:\" \"(?P<user_agent>{_TEXT})\"?)?)?"
)
_SQUID = re.compile(
    r"(?P<time>\d{9,10}\.\d{1,6})[ \t]+(?P<elapsed>\d{1,9})[ \t]+(?P<address>[\w.:-]{2,255})[ \t]+"
    r"(?P<result>(?:TCP|UDP|NONE|TAG)_?[A-Z_]*)/"
    r"(?P<status>\d{3})[ \t]+(?P<size>\d{1,15})[ \t]+(?P<method>[A-Z_]{1,20})[ \t]+(?P<url>\S{1,8000})"
    r"(?:[ \t]+(?P<user>\S{1,200}))?"
    r"(?:[ \t]+(?P<hierarchy>\S{1,300}))?(?:[ \t]+(?P<content_type>\S{1,200}))?"
)
_REQUEST = re.compile(rf"(?P<method>{_METHODS}) (?P<url>[^\n]*?)(?: (?P<protocol>HTTP/\d(?:\.\d)?))?")

_BEGINS = re.compile(
    rf"[\w.:-]{{2,255}} \S{{1,64}} [^\n\[\"]{{1,200}}?\[\d|\d{{9,10}}\.\d{{1,6}}[ \t]+\d{{1,9}}[ \t]"
    rf"|\"?(?:{_METHODS}) [^\n]{{1,8000}}? HTTP/\d"
)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|([\"\\]))")


def _read(excerpt: Excerpt, at: int) -> Reading | None:
    text = excerpt.text
    stop = line_end(text, at)
    match = next((found for each in (_SQUID, _COMMON, _BARE) if (found := each.match(text, at, stop))), None)
    if not match:
        return None
    values = []
    for name, value in match.groupdict().items():
        if value is None or value == "-":
            continue
        if name == "request":
            values += _request(excerpt, *match.span(name))
        else:
            values.append(Value(name, _undone(excerpt, *match.span(name))))
    rest = excerpt.trimmed(match.end(), stop)
    if rest.text.strip('" -'):
        values.append(Value("rest", rest))
    return Reading((piece_of("access_log", values, excerpt, at, stop),), stop)


def _request(excerpt: Excerpt, start: int, end: int) -> list[Value]:
    """Method, address and protocol of a request line; one that is not made of these is all address."""
    match = _REQUEST.fullmatch(excerpt.text, start, end)
    if not match:
        return [Value("url", _undone(excerpt, start, end))] if end > start else []
    return [Value(name, _undone(excerpt, *match.span(name))) for name, text in match.groupdict().items() if text]


def _undone(excerpt: Excerpt, start: int, end: int) -> Excerpt:
    """A value with the escapes of web servers undone: quotation marks, backslashes and bytes that are text."""
    if excerpt.text.find("\\", start, end) < 0:
        return excerpt.part(start, end)
    return excerpt.undone(start, end, _ESCAPE, _meaning)


def _meaning(match: re.Match[str]) -> str:
    if match[2]:
        return match[2]
    code = int(match[1], 16)
    return chr(code) if 32 <= code < 127 else match[0]


ACCESS_LOG = Reader("access_log", _BEGINS, _read, carried=True)
