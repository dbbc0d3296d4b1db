"""The values a rule matches on, which say more about an alert than the rule's prose does.

What a rule excludes is left out, and so are indicators: a hash or an address is no behaviour.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from knowledge.detections.model import MAX_STRING_LENGTH, MAX_STRINGS

_LETTERS = re.compile(r"[^\W\d_]{2}|\w+=\d")
_INDICATOR = re.compile(
    r"(?:[a-z0-9]+=)?[0-9a-f]{32,64}|\d{1,3}(?:\.\d{1,3}){3}(?:/\d+)?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    re.IGNORECASE,
)
# No quote behind a backslash opens a string: a line of them would be read to its end from each one anew.
_QUOTED = re.compile(r"""(?<!\\)@?"((?:[^"\\\n]|\\.|"")*)"|(?<!\\)@?'((?:[^'\\\n]|\\.|'')*)'""")
_QUOTED_OR_COMMENT = re.compile(rf"(?P<quoted>{_QUOTED.pattern})|(?P<opens>/\*)|(?<![:\w])//[^\n]*|`comment\([^`]*`")
_EXCLUDES = re.compile(r"(?:!=|!~|<>|!\w+\s*\(?|\bnot\b[^|()]{0,40}\(?)\s*[^|()]{0,40}$|\bas\s*$", re.IGNORECASE)
_FUNCTION = re.compile(
    r"\b(?:strcat|split|format_datetime|bin|datetime|todatetime|mvjoin|strftime|strptime|replace|coalesce|rex|regex)\b[^|()]*\(?[^|()]*$",
    re.IGNORECASE,
)
_NEGATED_GROUP = re.compile(r"\bnot\s*\(", re.IGNORECASE)
_BARE = re.compile(
    r"(?<![\w.])([\w.]++)\s*+==?\s*+(?:(\d{1,5})(?=[\s|)\]]|$)|([\w*\\/:.-]+\.(?:exe|dll|sys|ps1|bat|cmd|vbs|js|hta|msi|sh|py|jar|lnk|php|aspx))\b)",
    re.IGNORECASE,
)
_EVENT_FIELD = re.compile(r"event.?(?:code|id)|eventtype|signature_id", re.IGNORECASE)
_MAX_QUERY = 60_000


def bounded(values: Iterable[str]) -> tuple[str, ...]:
    """The values worth keeping, without wildcards at their ends, each once, within the bounds of a detection."""
    kept: dict[str, None] = {}
    for value in values:
        bare = " ".join(value.strip("*% \t\r\n").split())[:MAX_STRING_LENGTH]
        if len(bare) > 2 and _LETTERS.search(bare) and not _INDICATOR.fullmatch(bare):
            kept[bare] = None
            if len(kept) == MAX_STRINGS:
                break
    return tuple(kept)


def query_strings(query: object) -> tuple[str, ...]:
    """What a query in SPL, KQL, EQL or ES|QL matches on: quoted values, file names, event ids; none after a ``not``."""
    return bounded(_quoted(query[:_MAX_QUERY])) if isinstance(query, str) else ()


def _quoted(query: str) -> Iterator[str]:
    plain = _without_negated_groups(_without_comments(query))
    for match in _QUOTED.finditer(plain):
        before = plain[max(0, match.start() - 80) : match.start()].rsplit("\n", 1)[-1]
        if not _EXCLUDES.search(before) and not _FUNCTION.search(before):
            value = match[1] if match[1] is not None else match[2]
            yield value.replace("\\\\", "\\").replace('\\"', '"')
    for match in _BARE.finditer(plain):  # SPL and KQL need no quotes around these
        if match[3]:
            yield match[3]
        elif _EVENT_FIELD.search(match[1]):
            yield f"{match[1].rsplit('.', 1)[-1]}={match[2]}"


def _without_comments(query: str) -> str:
    """The query with each comment blanked; ``/*`` without its end is no comment but the end of a path."""
    parts: list[str] = []
    position, last_end = 0, query.rfind("*/")
    while match := _QUOTED_OR_COMMENT.search(query, position):
        start, end = match.span()
        if match["quoted"] or (match["opens"] and end > last_end):
            parts.append(query[position:end])
        else:
            parts += query[position:start], " "
            end = query.index("*/", end) + 2 if match["opens"] else end
        position = end
    return "".join((*parts, query[position:]))


def _without_negated_groups(query: str) -> str:
    """The query with each ``not ( … )`` blanked to its closing bracket."""
    parts: list[str] = []
    position = 0
    while match := _NEGATED_GROUP.search(query, position):
        parts.append(query[position : match.start()])
        depth, position = 1, match.end()
        quote = ""
        while depth and position < len(query):
            char = query[position]
            if quote:
                quote = "" if char == quote and query[position - 1] != "\\" else quote
            elif char in "\"'":
                quote = char
            else:
                depth += (char == "(") - (char == ")")
            position += 1
    return "".join((*parts, query[position:]))
