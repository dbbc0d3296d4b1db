"""What a team's rules look for, as a lexicon: for each string how often the rules that look for it show a technique."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.mapping.index import Floats
from knowledge.mapping.reading import Reading
from knowledge.mapping.words import words

_MOST_WORDS = 8  # a longer string is a script, and stands in no alert word for word
_DOUBT = 1.5  # rules of another technique that every string starts with
_SURE = 0.97
_ONE_WORD = 0.5  # a single word is worth this share of a string of several

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Observables:
    """Strings by their rarest word, so that a text is compared with few of them.

    Attributes:
        strings: For each word the strings it is the rarest of: their words, with what each is worth by technique.
        width: How many techniques there are.
    """

    strings: Mapping[str, Sequence[tuple[Words, Sequence[tuple[int, float]]]]]
    width: int

    def told(self, reading: Reading) -> Floats:
        """For each technique what all strings that stand in a text say of it, as ``-log(1 - p)`` added up."""
        there = {form for forms in reading.forms for form in forms}
        found = np.zeros(self.width, np.float32)
        for form in sorted(there & self.strings.keys()):
            for needed, worth in self.strings[form]:
                if needed <= there:
                    for technique, value in worth:
                        found[technique] += value
        return found


def observables_of(strings: Sequence[Sequence[str]], shown: Sequence[Sequence[int]], width: int) -> Observables:
    """Learn from rules.

    Args:
        strings: For each rule what it looks for.
        shown: For each rule the numbers of its techniques.
        width: How many techniques there are.
    """
    rules: defaultdict[Words, list[int]] = defaultdict(list)
    seen: Counter[str] = Counter()
    for at, each in enumerate(strings):
        looked_for = _word_sets(each)
        for string in looked_for:
            rules[string].append(at)
        seen.update(frozenset[str]().union(*looked_for))
    found: defaultdict[str, list[tuple[Words, Sequence[tuple[int, float]]]]] = defaultdict(list)
    for string, having in rules.items():
        share = 1.0 if len(string) > 1 else _ONE_WORD
        counts = Counter(technique for at in having for technique in set(shown[at]))
        worth = [(each, -share * math.log1p(-min(n / (len(having) + _DOUBT), _SURE))) for each, n in counts.items()]
        found[min(string, key=lambda form: (seen[form], form))].append((string, tuple(worth)))
    return Observables(dict(found), width)


def _word_sets(strings: Iterable[str]) -> set[Words]:
    found = (frozenset(forms[0] for forms in words(string).forms) for string in strings)
    return {each for each in found if 0 < len(each) <= _MOST_WORDS}
