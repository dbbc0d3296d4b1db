"""The nouns of a mapped alert as it is shown, small enough to travel in a button.

A card is what a person saw. Sharing it, or marking a line of it, draws it again and maps nothing again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody of the team said something of a technique.

    Attributes:
        by: Slack's user id; empty from a terminal.
        on: The day, ``2026-11-24``.
    """

    by: str
    on: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of the alert as they are shown.

    Attributes:
        words: Cut to what a line holds.
        field: The field they stand in; empty in prose.
        decoded: What they decode to; empty where nothing is encoded.
    """

    words: str
    field: str = ""
    decoded: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One technique.

    Attributes:
        id: Its ATT&CK id.
        name: Its name.
        confidence: 0 to 1.
        band: ``high``, ``medium`` or ``low``.
        quotes: The words that say so.
        why: What makes them evidence, where they do not say it themselves.
        covered: What the team's rules say of it; empty where there is nothing to say.
        act: Which act of the alert shows it; 0 for none that stands on its own.
        right: Who confirmed it, the latest first.
        wrong: Who said in this message that it is wrong, the latest first.
    """

    id: str
    name: str
    confidence: float
    band: str
    quotes: tuple[Quoted, ...] = ()
    why: str = ""
    covered: str = ""
    act: int = 1
    right: tuple[Voice, ...] = ()
    wrong: tuple[Voice, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A technique that somebody named where the answer had another or none."""

    id: str
    name: str
    voice: Voice


@dataclass(frozen=True, slots=True)
class Heading:
    """What was pasted.

    Attributes:
        outcome: ``answer``, ``leads`` or ``nothing``.
        source: The product, or the kind of record; empty for prose.
        host: Where it happened; empty when the alert does not say.
        acts: How many acts there are.
        reason: Why there is no answer; empty for an answer.
        fields: Names of the fields that were read, where nothing was recognised.
    """

    outcome: str
    source: str = ""
    host: str = ""
    acts: int = 1
    reason: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A mapped alert, as a person saw it.

    Attributes:
        heading: What was pasted.
        lines: The techniques that are shown, act by act, the best of each first.
        less: ``(id, name, confidence)`` of those that are only named.
        chain: Names of the tactics in the order of the matrix; of two or more.
        release: The releases it was mapped with.
        notes: Further small print.
        about: The alert's masked words that a verdict on the whole is about.
        named: What people said it was.
    """

    heading: Heading
    lines: tuple[Line, ...]
    less: tuple[tuple[str, str, float], ...] = ()
    chain: tuple[str, ...] = ()
    release: str = ""
    notes: tuple[str, ...] = ()
    about: str = ""
    named: tuple[Named, ...] = ()

    def confirmed(self, at: int, voice: Voice) -> Card:
        """The same with one line confirmed by somebody; no number and no other line changes."""
        line = self.lines[at]
        return self._with(at, replace(line, right=_first(voice, line.right), wrong=_without(voice, line.wrong)))

    def refuted(self, at: int, voice: Voice) -> Card:
        """The same with one line said to be wrong by somebody; no number and no other line changes."""
        line = self.lines[at]
        return self._with(at, replace(line, right=_without(voice, line.right), wrong=_first(voice, line.wrong)))

    def said_to_be(self, attack_id: str, name: str, voice: Voice) -> Card:
        """The same with what somebody said it was: its line is confirmed where it has one, else it is named below."""
        for at, line in enumerate(self.lines):
            if line.id == attack_id:
                return self.confirmed(at, voice)
        others = tuple(each for each in self.named if (each.id, each.voice.by) != (attack_id, voice.by))
        return replace(self, named=(Named(attack_id, name, voice), *others)[:3])

    def _with(self, at: int, line: Line) -> Card:
        return replace(self, lines=(*self.lines[:at], line, *self.lines[at + 1 :]))


_MOST_VOICES = 4


def _first(voice: Voice, others: tuple[Voice, ...]) -> tuple[Voice, ...]:
    return (voice, *_without(voice, others))[:_MOST_VOICES]


def _without(voice: Voice, others: tuple[Voice, ...]) -> tuple[Voice, ...]:
    return tuple(each for each in others if each.by != voice.by)
