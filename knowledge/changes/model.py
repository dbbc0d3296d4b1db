"""The nouns of a comparison, frozen: one difference, weighed, and all of them together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.changes.words import WordDiff, word_diff
from knowledge.model import AttackObject, Domain, Kind, Release, Remark


class Weight(StrEnum):
    """What a change asks of a team, the heaviest first."""

    ACT = "act"
    """Something that names the object is now wrong, or no longer the best choice."""
    READ = "read"
    """What the object says has changed; worth a look by whoever detects it."""
    COSMETIC = "cosmetic"
    """Nothing a detection rests on."""

    @property
    def rank(self) -> int:
        """0 for the heaviest."""
        return list(Weight).index(self)


class Category(StrEnum):
    """The sections of MITRE's own changelog, by the names its library gives them."""

    ADDITION = "additions"
    MAJOR = "major_version_changes"
    MINOR = "minor_version_changes"
    OTHER = "other_version_changes"
    PATCH = "patches"
    REVOCATION = "revocations"
    DEPRECATION = "deprecations"
    DELETION = "deletions"


class Aspect(StrEnum):
    """What about an object changed, as a reason to weigh it."""

    REVOKED = "revoked in favour of another"
    MERGED = "merged into another"
    DEPRECATED = "deprecated without a successor"
    DELETED = "no longer in the release"
    RESTORED = "in use again"
    ADDED = "new"
    RENAMED = "renamed"
    NEW_ID = "has a new id"
    TACTICS = "moved between tactics"
    TACTIC_SPLIT = "tactic split"
    SPLIT = "split into sub-techniques"
    PARENT = "moved under another technique"
    DESCRIPTION = "description changed in substance"
    PLATFORMS = "platforms changed"
    SUBTECHNIQUE = "new sub-technique"
    ABSORBED = "took in another"
    DETECTION = "detection changed"
    MITIGATION = "mitigations changed"
    FIRST_USE = "first use by a group"
    WORDING = "wording, citations or layout only"
    METADATA = "metadata only"
    VERSION = "version number only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One thing that changed about an object.

    Attributes:
        what: A clause that can follow the object's name and a colon.
        subject: Id of the other object it is about: the new sub-technique, the successor, the mitigation.
        groups: Ids of the groups it is about; where a team tracks one of them, it is worth reading.
        bulk: Names a change that may have been made to most objects at once; empty where it cannot be one.
    """

    aspect: Aspect
    weight: Weight
    what: str
    subject: str = ""
    groups: tuple[str, ...] = ()
    bulk: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How one object differs between two releases.

    Attributes:
        id: Its ATT&CK id in the new release; in the old one where it was deleted.
        category: MITRE's, or None where MITRE's changelog does not list it: what changed is said elsewhere, such as
            in a relationship, or the object was revoked in favour of one that is not in the release.
        weight: The heaviest of its details'.
        what: One sentence.
        reason: Why it weighs what it weighs, in a few words.
        details: All that changed, the heaviest first.
        successor: Id to use today, at the end of the chain; empty where there is none.
        revoked_by: Id the release itself names as successor; the same but for chains.
        before: The object in the old release, or None.
        after: The object in the new release, or None.
    """

    id: str
    name: str
    kind: Kind
    category: Category | None
    weight: Weight
    what: str
    reason: str
    details: tuple[Detail, ...] = ()
    old_version: str = ""
    new_version: str = ""
    successor: str = ""
    revoked_by: str = ""
    before: AttackObject | None = field(default=None, repr=False)
    after: AttackObject | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The object's page."""
        item = self.after or self.before
        return item.url if item else ""

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platforms it has, or had."""
        item = self.after or self.before
        return tuple(getattr(item, "platforms", ()))

    @property
    def word_diff(self) -> WordDiff:
        """Its description, old against new, word by word; empty where it is the same or one release lacks it."""
        if self.before is None or self.after is None or not self.before.description or not self.after.description:
            return ()
        return word_diff(self.before.description, self.after.description)

    def has(self, *aspects: Aspect) -> bool:
        """Whether one of its details is about one of these."""
        return any(detail.aspect in aspects for detail in self.details)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All that differs between two releases of one domain.

    Attributes:
        changes: The heaviest first; techniques before the other kinds, each by id.
        bulk: Changes made to most objects of a kind at once, such as a field that a release did away with; counted
            here, and cosmetic wherever they occur.
        limits: What could not be compared, a sentence each.
    """

    domain: Domain
    old: Release
    new: Release
    changes: tuple[Change, ...] = ()
    bulk: tuple[Remark, ...] = ()
    limits: tuple[str, ...] = ()

    def of(
        self,
        *,
        kind: Kind | None = None,
        category: Category | None = None,
        weights: Collection[Weight] = tuple(Weight),
    ) -> tuple[Change, ...]:
        """The changes of a kind, a category and some weights, in their order; an argument left out asks for all."""
        return tuple(
            each
            for each in self.changes
            if each.weight in weights and kind in (None, each.kind) and category in (None, each.category)
        )

    def get(self, attack_id: str) -> Change | None:
        """What became of the object with this id in either release; a technique where an id stands twice."""
        found = [each for each in self.changes if attack_id in (each.id, each.before.id if each.before else "")]
        return next((each for each in found if each.kind is Kind.TECHNIQUE), found[0] if found else None)

    def count(self, weight: Weight) -> int:
        """How many changes have a weight."""
        return sum(1 for each in self.changes if each.weight is weight)
