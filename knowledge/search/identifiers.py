"""ATT&CK ids in every way people write them.

``T1059.001``, ``t1059.1``, ``T1059/001``, ``attack.t1059.001``, a link to attack.mitre.org, an id in brackets or in
the middle of a sentence: all become the one spelling ATT&CK uses. Whether the id exists is the catalog's business.
"""

from __future__ import annotations

import re
import unicodedata

# Look-alike Cyrillic and Greek capitals, as documents that were typed on such a keyboard have them.
_LOOKALIKES = str.maketrans("ТтМмСсАаЅѕΤΜΑ", "TtMmCcAaSsTMA")
_DASHES = re.compile("[\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c]")
_ID = re.compile(
    r"""
    (?<![A-Za-z0-9])
    (?P<prefix>TA|DS|DC|DET|AN|[TGSCMA])
    [\s-]?
    (?P<number>\d{4})
    (?:
        \s?[./_:,\\-]\s?(?P<sub>\d{1,3})(?![\d.]*\d)      # T1059.001, T1059/1, T1059 - 001
        | \s(?P<spaced>\d{3})(?!\d)                        # T1059 001
    )?
    (?![A-Za-z0-9])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BARE = re.compile(r"\s*(?P<number>\d{4})(?:[./](?P<sub>\d{1,3}))?\s*")
_SHORT = re.compile(r"\s*(?P<prefix>TA|DS|DC|DET|AN|[TGMC])(?P<number>\d{1,3})\s*", re.IGNORECASE)


def read_ids(text: str) -> tuple[str, ...]:
    """Every ATT&CK id in a text, in ATT&CK's spelling, each once, in order.

    A link to an analytic inside its detection strategy's page gives the analytic only, since that is what it points at.
    """
    plain = _INVISIBLE.sub("", _DASHES.sub("-", unicodedata.normalize("NFKC", text).translate(_LOOKALIKES)))
    found: dict[str, None] = {}
    end, last = -1, ""
    for match in _ID.finditer(plain):
        prefix, sub = match["prefix"].upper(), match["sub"] or match["spaced"]
        attack_id = f"{prefix}{match['number']}"
        if sub and prefix == "T":
            attack_id += f".{sub:0>3}"
        if prefix == "AN" and plain[end : match.start()] == "#":
            found.pop(last, None)
        found[attack_id] = None
        end, last = match.end(), attack_id
    return tuple(found)


def guess_ids(text: str) -> tuple[str, ...]:
    """What id a text may mean that is no id as it stands: ``1059.1``, ``TA11``, ``T803``, ``G7``.

    Only to be asked where nothing else is known by that name.
    """
    if match := _BARE.fullmatch(text):
        return (f"T{match['number']}" + (f".{match['sub']:0>3}" if match["sub"] else ""),)
    if match := _SHORT.fullmatch(text):
        prefix = match["prefix"].upper()
        return (f"{prefix}{match['number']}", f"{prefix}{match['number']:0>4}")
    return ()
