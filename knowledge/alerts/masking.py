"""Take out of an alert what names people and machines and what gives access, before a confirmed one is kept.

What says which behaviour it was stays: commands, switches, registry keys, file names of tools, names of APIs.

Known patterns are taken out of any text. Where the paste was read into an `Alert`, the values of fields that hold a
user, a host, an address or a secret are taken out too, in their field and wherever else they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge.alerts.model import Alert, Field, Role

if TYPE_CHECKING:
    from knowledge.alerts.masking_rules import MaskRule

MAX_KEPT = 8_192
"""Characters of an alert that are kept; what follows is cut off."""

_LABELS = {Role.USER: "<user>", Role.HOST: "<host>", Role.ADDRESS: "<address>", Role.SECRET: "<secret>"}
_ROUNDS = 8
"""What one rule takes out may uncover something to the next; texts of analysts are done after two rounds."""
_LONGEST_PLACEHOLDER = len("<address>")
_MOST_VALUES = 200
"""Values of fields that are looked for in the whole paste, the longest first."""
_LONGEST_VALUE = 200
_SHORTEST_VALUE = 3
_SURELY_SECRET = 8
"""Characters from which on a secret is taken out in the middle of a word too: ``-pSecret123``."""
_COMMON = frozenset(
    """
    root krbtgt admin administrator administrators system guest user users service localhost host hosts server
    computer desktop laptop unknown none null anonymous everyone domain workgroup default test public nobody
    daemon local network internal external windows linux macos ubuntu debian kali ec2-user www-data postgres mysql
    oracle docker git jenkins apache nginx tomcat backup ssh sshd ftp mail http https iusr true false yes address
    secret password token hash url phone cmd powershell bash python kubernetes node master worker cloud aws azure
    gcp google microsoft amazon corp
    """.split()  # noqa: SIM905 - a list to read
)
"""Values that name nobody and that commands are made of."""


def masked(text: str, alert: Alert | None = None) -> str:
    """The text with addresses, hosts, users, mails, links, hashes and secrets replaced by what they are.

    Masking a masked text changes nothing.

    Args:
        text: An alert or a part of one; only its first `MAX_KEPT` characters are read.
        alert: What the paste was read as. The values of its fields that hold a user, a host, an address or a secret
            are replaced wherever they stand in the text; those that are short, or common words such as ``root``, only
            in their own field.

    Returns:
        At most `MAX_KEPT` characters.
    """
    kept = _cut(text).replace("\x00", " ")
    if alert is not None:
        kept = _cut(_without_values(kept, text, alert))
    for _ in range(_ROUNDS):
        before = kept
        for rule in _rules():
            kept = rule.apply(kept)
        kept = _cut(kept)
        if kept == before:
            break
    return kept


@lru_cache(maxsize=1)
def _rules() -> tuple[MaskRule, ...]:
    """Every rule in its order, loaded when something is masked: to compile them takes a tenth of a second."""
    from knowledge.alerts.masking_commands import COMMAND_RULES
    from knowledge.alerts.masking_machines import ADDRESS_RULES, HOST_RULES
    from knowledge.alerts.masking_people import PEOPLE_RULES
    from knowledge.alerts.masking_secrets import SECRET_RULES

    return (*SECRET_RULES, *COMMAND_RULES, *ADDRESS_RULES, *PEOPLE_RULES, *HOST_RULES)


def _cut(text: str) -> str:
    """The start of a text, no placeholder halved."""
    if len(text) <= MAX_KEPT:
        return text
    kept = text[:MAX_KEPT]
    opened = kept.rfind("<")
    return kept[:opened] if MAX_KEPT - opened < _LONGEST_PLACEHOLDER and ">" not in kept[opened:] else kept


def _without_values(kept: str, text: str, alert: Alert) -> str:
    """The text without the values of an alert's fields that name somebody or give access."""
    fields = [field for record in alert.records for field in record.fields if field.role in _LABELS]
    shift = alert.text.find(text) if text else -1
    spans = list(_own_places(fields, shift, len(kept))) if shift >= 0 else []
    taken = bytearray(len(kept))
    for start, end, _ in spans:
        taken[start:end] = b"\x01" * (end - start)
    spans.extend(_other_places(kept, fields, taken))
    pieces: list[str] = []
    done = 0
    for start, end, label in sorted(spans):
        if start >= done:
            pieces += (kept[done:start], label)
            done = end
    return "".join((*pieces, kept[done:]))


def _own_places(fields: Iterable[Field], shift: int, length: int) -> Iterator[tuple[int, int, str]]:
    """Where the fields themselves stand in a text that starts at `shift` in the paste."""
    for field in fields:
        start, end = field.start - shift, min(field.end - shift, length)
        if 0 <= start < end:
            yield start, end, _LABELS[field.role]


def _other_places(kept: str, fields: Iterable[Field], taken: bytearray) -> Iterator[tuple[int, int, str]]:
    """Where else their values stand."""
    folded = _folded(kept)
    labels = {value: _LABELS[field.role] for field in fields for value in _values(field)}
    for value in sorted(labels, key=lambda value: (-len(value), value))[:_MOST_VALUES]:
        anywhere = labels[value] == "<secret>" and len(value) >= _SURELY_SECRET
        start = folded.find(value)
        while start >= 0:
            end = start + len(value)
            if (anywhere or _is_word(folded, start, end)) and not any(taken[start:end]):
                taken[start:end] = b"\x01" * len(value)
                yield start, end, labels[value]
            start = folded.find(value, end)


def _values(field: Field) -> Iterator[str]:
    """What to look for elsewhere: the value, and the account or machine in it without its domain or port."""
    value = _folded(field.value.strip())
    candidates = [value]
    if field.role is Role.USER:
        candidates += (value.rpartition("\\")[2], value.partition("@")[0], value.rstrip("$"))
    elif field.role is Role.HOST and not value.replace(".", "").isdecimal():
        candidates.append(value.partition(".")[0])
    elif field.role is Role.ADDRESS:
        candidates.append(value.rpartition(":")[0] if value.count(":") == 1 else value.partition("/")[0])
    for candidate in candidates:
        if (
            _SHORTEST_VALUE <= len(candidate) <= _LONGEST_VALUE
            and candidate.rpartition("\\")[2].strip("<>/\\ ") not in _COMMON
            and not candidate.isdecimal()
            and any(character.isalnum() for character in candidate)
        ):
            yield candidate


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether no letter, digit or underscore goes on before or behind."""
    before, behind = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or before == "_" or behind.isalnum() or behind == "_")


def _folded(text: str) -> str:
    """The text in small letters, every character in its place."""
    lowered = text.lower()
    return (
        lowered
        if len(lowered) == len(text)
        else "".join(character.lower() if len(character.lower()) == 1 else character for character in text)
    )
