"""Text becomes words that compare equal however they were typed.

Folding takes away case, accents, widths, marks nobody sees and kinds of dashes; stemming takes away English
inflection, so that ``dumped``, ``dumping`` and ``dump`` are one word. Both know nothing of ATT&CK.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_WORD = re.compile(r"[^\W_]+")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58"), "-")
_VOWEL = re.compile(r"[aeiouy]")
# Suffixes with the letters that must be left over.
_LEFT = {
    "ications": 3,
    "ication": 3,
    "icating": 3,
    "icated": 3,
    "icate": 3,
    "ations": 3,
    "ation": 3,
    "ating": 3,
    "ators": 4,
    "ated": 3,
    "ator": 4,
    "able": 4,
    "ence": 4,
    "ment": 4,
    "ate": 3,
    "ent": 4,
    "ing": 3,
    "ion": 4,
    "ed": 3,
    "ering": 4,
    "ered": 4,
    "ery": 4,
    "er": 3,
    "or": 4,
}
_SUFFIX = re.compile(f"(?:{'|'.join(_LEFT)})$")


def fold(text: str) -> str:
    """Lower case without accents, widths and invisible marks; ``&`` becomes ``and``, every dash a hyphen."""
    if not text.isascii():
        text = _FOREIGN.sub(_plain, text)
    return text.casefold().replace("&", " and ")


def _plain(foreign: re.Match[str]) -> str:
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", foreign[0]).translate(_DASHES))
    return "".join(char for char in text if unicodedata.category(char) not in ("Mn", "Cf", "Cs"))


def words(text: str) -> list[str]:
    """The words of a text, folded, in order."""
    return _WORD.findall(fold(text))


def squash(text: str) -> str:
    """A text as one run of letters and digits: ``Pass-the-Hash`` and ``pass the hash`` are the same."""
    return "".join(words(text))


@lru_cache(maxsize=1 << 15)  # the words of three domains of ATT&CK are 12,000
def stem(word: str) -> str:
    """A folded word without its inflection; short words and those with digits stay as they are."""
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if found := _SUFFIX.search(word):
        rest = word[: found.start()]
        if len(rest) >= _LEFT[found[0]] and _VOWEL.search(rest):
            word = rest
    if len(word) > 4 and word.endswith("ie"):
        word = word[:-2]
    elif len(word) > 3 and word[-1] in "ey":
        word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word
