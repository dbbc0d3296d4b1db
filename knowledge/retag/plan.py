"""What a rule should name instead of what it names, before anybody asks how its file is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.catalog import Catalog
from knowledge.changes.model import Aspect, Changes
from knowledge.detections.reader import techniques_in
from knowledge.model import AttackObject, Kind, Tactic, Technique

_ANY = "*"
"""Stands for a tactic that no loaded release knows by the shortname an old technique gives it."""


@dataclass(frozen=True, slots=True)
class Succession:
    """An id and the one to use in its place.

    Attributes:
        name: The successor's.
        via: Retired ids in between, where the chain has several links.
        why: A few words: ``revoked in favour of another``, ``merged into another``.
    """

    old: str
    new: str
    name: str
    via: tuple[str, ...] = ()
    why: str = Aspect.REVOKED.value


@dataclass(frozen=True, slots=True)
class RulePlan:
    """What to change in one rule.

    Attributes:
        ids: Ids to replace.
        wrong: Tactics, in the author's words, that none of the rule's techniques is in any more.
        right: Tactics to put in their place; none where the rule names them already.
        unknown: Ids no loaded release knows. While there are any, tactics are left alone: they may be theirs.
    """

    ids: tuple[Succession, ...] = ()
    wrong: tuple[str, ...] = ()
    right: tuple[Tactic, ...] = ()
    unknown: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ids or self.wrong)


class Plan:
    """Successors and tactics, by the releases loaded now and, where known, by what changed on the way to them.

    Args:
        catalog: The releases the rules shall fit.
        changes: What changed from the releases the rules fitted. Without it, retired ids are replaced all the same;
            techniques that only moved to another tactic go unnoticed.
    """

    def __init__(self, catalog: Catalog, changes: Sequence[Changes] = ()) -> None:
        self._catalog = catalog
        self._former: dict[str, Technique] = {}
        self._renumbered: dict[str, AttackObject] = {}
        self._old_tactics: dict[str, Tactic] = {}
        self._tactics = {tactic.shortname: tactic for tactic in catalog.tactics()}
        self._names: dict[str, str] = {}
        for change in (each for part in changes for each in part.changes):
            before, after = change.before, change.after
            if isinstance(before, Tactic):
                self._old_tactics[before.shortname] = before
            elif isinstance(before, Technique):
                self._former[before.id] = before
            if before and after and before.id != after.id and change.kind is not Kind.DATA_COMPONENT:
                self._renumbered[before.id] = after
            if change.has(Aspect.RENAMED) and before and after and before.name != after.name:
                self._names[before.name] = after.name

    @property
    def catalog(self) -> Catalog:
        """The releases the rules shall fit."""
        return self._catalog

    def knows(self, attack_id: str) -> bool:
        """Whether the loaded releases, or those the rules fitted, have the id."""
        return self._catalog.get(attack_id) is not None or attack_id in self._former

    def succession(self, attack_id: str) -> Succession | None:
        """What to use instead of an id; None where it may stay, or where ATT&CK names nothing."""
        found = self._catalog.find(attack_id)
        if found is None:
            after = self._renumbered.get(attack_id)
            found = self._catalog.find(after.id) if after else None
        if found is None or found.object.retired or found.object.id == attack_id:
            return None
        if found.via and found.via[0].kind is not found.object.kind:
            return None
        why = Aspect.REVOKED if found.via else Aspect.NEW_ID
        through = tuple(item.id for item in found.via if item.id != attack_id)
        return Succession(attack_id, found.object.id, found.object.name, through, why.value)

    def unwritable(self, written: str) -> Succession | None:
        """The successor of an id in what an author wrote, where that holds more than the id or another spelling."""
        found = (self.succession(each) for each in techniques_in(written[:500]))
        return next((each for each in found if each), None)

    def renamed(self, name: str) -> str:
        """Today's name of what bore this name; the name itself where it has not changed."""
        return self._names.get(name, name)

    def concerns(self, attack_id: str) -> bool:
        """Whether a rule that names the id may need another id or another tactic."""
        if self.succession(attack_id) is not None:
            return True
        before = self._former.get(attack_id)
        after = self._catalog.get(attack_id)
        if not isinstance(before, Technique) or not isinstance(after, Technique):
            return False
        return self._words_of(before.tactics, self._old_tactics) != self._words_of(after.tactics, {})

    def tactics(self, attack_id: str) -> tuple[Tactic, ...]:
        """The tactics of an id, or of its successor, in the order of the matrix."""
        succession = self.succession(attack_id)
        item = self._catalog.get(succession.new if succession else attack_id)
        return self._catalog.tactics_of(item) if isinstance(item, Technique) else ()

    def was_in(self, attack_id: str, tactic: str) -> bool:
        """Whether the technique was in a tactic, by shortname, id or name, when the rules fitted."""
        words = self._words_before(attack_id)
        return tactic_word(tactic) in words or (_ANY in words and tactic.upper().startswith("TA"))

    def is_in(self, attack_id: str, tactic: str) -> bool:
        """Whether the technique, or its successor, is in a tactic today."""
        return tactic_word(tactic) in self._words_after(attack_id)

    def for_rule(self, ids: Iterable[str], tactics: Iterable[str]) -> RulePlan:
        """What to change in a rule.

        Args:
            ids: Techniques it names, in ATT&CK's spelling.
            tactics: Tactics it names, in any spelling: ``defense_evasion``, ``TA0005``, ``Defense Evasion``.
        """
        named = tuple(ids)
        successions = tuple(found for each in named if (found := self.succession(each)))
        unknown = tuple(each for each in named if not self.knows(each))
        if unknown or not any(self.concerns(each) for each in named):
            return RulePlan(successions, unknown=unknown)
        written = tuple(tactics)
        wrong = tuple(
            each
            for each in written
            if any(self.was_in(t, each) for t in named) and not any(self.is_in(t, each) for t in named)
        )
        kept = {tactic_word(each) for each in written if each not in wrong}
        return RulePlan(successions, wrong, self._replacements(named, wrong, kept), unknown)

    def _replacements(self, ids: tuple[str, ...], wrong: tuple[str, ...], kept: set[str]) -> tuple[Tactic, ...]:
        """What the techniques reached that were in a wrong tactic; where they reached nothing, what they are in now."""
        fresh: dict[str, Tactic] = {}
        every: dict[str, Tactic] = {}
        for attack_id in ids:
            if any(self.was_in(attack_id, tactic) for tactic in wrong):
                before = self._own_words_before(attack_id)
                for tactic in self.tactics(attack_id):
                    every[tactic.id] = tactic
                    if not {tactic.shortname, _slug(tactic.name)} & before:
                        fresh[tactic.id] = tactic
        if not fresh and any(_words(tactic) & kept for tactic in every.values()):
            return ()
        return tuple(tactic for tactic in (fresh or every).values() if not _words(tactic) & kept)

    def _words_before(self, attack_id: str) -> set[str]:
        """Its own tactics, and its successor's: the rule will name that one, and must then need nothing more."""
        succession = self.succession(attack_id)
        former = self._former.get(succession.new) if succession else None
        return self._own_words_before(attack_id) | (
            self._words_of(former.tactics, self._old_tactics) if former else set()
        )

    def _own_words_before(self, attack_id: str) -> set[str]:
        before = self._former.get(attack_id) or self._catalog.get(attack_id)
        return self._words_of(before.tactics, self._old_tactics) if isinstance(before, Technique) else set()

    def _words_after(self, attack_id: str) -> set[str]:
        return {word for tactic in self.tactics(attack_id) for word in _words(tactic)}

    def _words_of(self, shortnames: Iterable[str], first: dict[str, Tactic]) -> set[str]:
        words: set[str] = set()
        for shortname in shortnames:
            tactic = first.get(shortname) or self._tactics.get(shortname)
            words |= _words(tactic) if tactic else {shortname, _ANY}
        return words


def tactic_word(written: str) -> str:
    """A tactic as a rule names it, in one spelling: ``defense-evasion``, ``ta0005``."""
    return _slug(written)


def _words(tactic: Tactic) -> set[str]:
    return {tactic.shortname, tactic.id.lower(), _slug(tactic.name)}


def _slug(text: str) -> str:
    return "-".join(text.replace("_", " ").replace("-", " ").lower().split())
