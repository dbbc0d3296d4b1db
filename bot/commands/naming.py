"""From words to what they name: groups, tactics, platforms, domains, sources; or a sentence on why not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.errors import KnowledgeError
from knowledge.model import Domain, Group, Kind, Tactic, Technique

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.commands.toolbox import Reference
    from knowledge.model import AttackObject

_PAGE = re.compile(r"(?:^|\s+)page\s+(\d{1,6})\s*$", re.IGNORECASE)
_NEAREST = 3


class UnclearError(KnowledgeError, LookupError):
    """Words that name nothing, or could name several things."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform in ATT&CK's spelling."""

    name: str


@dataclass(frozen=True, slots=True)
class SourceName:
    """A source of detections, as the team calls it."""

    name: str


def paged_words(text: str) -> tuple[str, int]:
    """The words, and the page asked for behind them, from 0."""
    found = _PAGE.search(text)
    return (text[: found.start()].strip(), max(int(found[1]) - 1, 0)) if found else (text.strip(), 0)


def listed(text: str) -> tuple[str, ...]:
    """``APT29, FIN7 and Turla`` as three."""
    return tuple(part.strip() for part in re.split(r",|\s+and\s+|\s*&\s+", text) if part.strip())


def domain_named(text: str) -> Domain | None:
    """The domain of this name."""
    word = text.strip().casefold()
    return next((domain for domain in Domain if word == domain.value), None)


def main_domain(reference: Reference) -> Domain:
    """What is meant where no domain is named: enterprise if it is loaded."""
    loaded = [release.domain for release in reference.catalog.releases]
    return Domain.ENTERPRISE if Domain.ENTERPRISE in loaded or not loaded else loaded[0]


def loaded_domain(text: str, reference: Reference) -> Domain:
    """The domain of this name, which must be loaded.

    Raises:
        UnclearError: There is no such domain, or no release of it.
    """
    domain = domain_named(text)
    loaded = [release.domain for release in reference.catalog.releases]
    if domain not in loaded:
        raise UnclearError(f'No domain "{text}" is loaded; there are {", ".join(loaded) or "none"}.')
    return domain


def platform_named(text: str, reference: Reference) -> Platform | None:
    """The platform of this name, in ATT&CK's spelling."""
    word = text.strip().casefold()
    names = {name.casefold(): name for each in reference.catalog.techniques() for name in each.platforms}
    return Platform(names[word]) if word in names else None


def group_named(text: str, reference: Reference) -> Group:
    """The one group meant.

    Raises:
        UnclearError: None is, or several may be.
    """
    found = _named(text, Kind.GROUP, reference)
    assert isinstance(found, Group)  # noqa: S101 - the kind was asked for
    return found


def tactic_named(text: str, reference: Reference, domain: Domain | None = None) -> Tactic:
    """The one tactic meant.

    Raises:
        UnclearError: None is, or several may be.
    """
    wanted = domain or main_domain(reference)
    same = [each for each in reference.catalog.tactics(wanted) if _fold(text) in (_fold(each.name), _fold(each.id))]
    found = same[0] if same else _named(text, Kind.TACTIC, reference)
    assert isinstance(found, Tactic)  # noqa: S101 - as above
    return found


def exactly(text: str, kinds: Iterable[Kind], reference: Reference) -> AttackObject | None:
    """The first object whose id, name or alias is exactly this, whatever case and punctuation."""
    wanted = _fold(text)
    for kind in kinds:
        objects = reference.catalog.objects(kind)
        for item in (*_in(main_domain(reference), objects), *objects):
            if wanted in (_fold(item.id), _fold(item.name)) or any(
                wanted == _fold(alias) for alias in (item.aliases if isinstance(item, Group) else ())
            ):
                return item
    return None


def meant(text: str, reference: Reference) -> Technique | Tactic | Group:
    """The technique, tactic or group meant, typing errors and all.

    Raises:
        UnclearError: Nothing is, or several may be, or it is of another kind.
    """
    found = exactly(text, (Kind.TACTIC, Kind.GROUP), reference)
    if found is None:
        answer = reference.lookup.find(text, limit=_NEAREST)
        found = answer.matches[0].object if answer.clear else None
        if found is None:
            raise _unclear(text, answer.matches)
    if not isinstance(found, Technique | Tactic | Group):
        raise UnclearError(
            f"{found.id} {found.name} is of the kind {found.kind.value}; coverage is told of a technique, a tactic, a "
            "group, a platform, a domain or a source."
        )
    return found


def _in(domain: Domain, items: Iterable[AttackObject]) -> Iterable[AttackObject]:
    return (item for item in items if domain in item.domains)


def _named(text: str, kind: Kind, reference: Reference) -> AttackObject:
    if found := exactly(text, (kind,), reference):
        return found
    answer = reference.lookup.find(text, kind=kind, limit=_NEAREST)
    if not answer.clear or answer.matches[0].object.kind is not kind:
        raise _unclear(text, answer.matches, kind)
    return answer.matches[0].object


def _unclear(text: str, matches: Iterable[object], kind: Kind | None = None) -> UnclearError:
    near = ", ".join(f"{each.object.id} {each.object.name}" for each in matches)  # type: ignore[attr-defined]
    what = f"No {kind.value}" if kind else "Nothing"
    return UnclearError(f'{what} is plainly called "{text[:80]}"' + (f"; the nearest: {near}." if near else "."))


def _fold(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
