"""What narrows a list of gaps: ``group APT29, FIN7 platform windows``, or plain words that are guessed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.commands.naming import (
    UnclearError,
    domain_named,
    exactly,
    group_named,
    listed,
    loaded_domain,
    meant,
    platform_named,
    tactic_named,
)
from knowledge.model import Domain, Group, Kind, Tactic
from knowledge.priorities import GapFilter
from knowledge.priorities.sectors import sector_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.commands.toolbox import Reference

_KEYS = {
    **dict.fromkeys(("group", "groups", "actor", "actors"), "group"),
    **dict.fromkeys(("sector", "sectors", "industry"), "sector"),
    **dict.fromkeys(("platform", "platforms"), "platform"),
    "tactic": "tactic",
    **dict.fromkeys(("log", "logs"), "log"),
    "domain": "domain",
    "limit": "limit",
}


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What was asked for.

    Attributes:
        wanted: For the ranking; without a limit unless one was named.
        about: The same in words, for a title.
    """

    wanted: GapFilter = field(default_factory=lambda: GapFilter(limit=None))
    about: tuple[str, ...] = ()

    def group(self, group: Group) -> Narrowed:
        """Only what this group uses too."""
        return self._with(group.name, groups=(*self.wanted.groups, group))

    def sector(self, written: str) -> Narrowed:
        """Only what groups use that target this sector; the ranking refuses a sector nobody knows."""
        return self._with(sector_named(written) or written, sectors=(*self.wanted.sectors, written))

    def platforms(self, written: Iterable[str], reference: Reference) -> Narrowed:
        """Only on these platforms, or others named before; the ranking refuses one nobody knows."""
        found = self
        for each in written:
            known = platform_named(each, reference)
            name = known.name if known else each
            found = found._with(name, platforms=(*found.wanted.platforms, name))
        return found

    def tactic(self, tactic: Tactic) -> Narrowed:
        """Only of this tactic."""
        return self._with(tactic.name, tactic=tactic)

    def log_source(self, written: str) -> Narrowed:
        """Only what this log source would show; the ranking refuses one nobody knows."""
        return self._with(f"seen in {written}", log_source=written)

    def domain(self, domain: Domain) -> Narrowed:
        """Only of this domain."""
        return self._with(domain.value.upper() if domain is Domain.ICS else domain.value.capitalize(), domain=domain)

    def limit(self, rows: int) -> Narrowed:
        """So many at most."""
        return replace(self, wanted=replace(self.wanted, limit=rows))

    def _with(self, said: str, **fields: object) -> Narrowed:
        return Narrowed(replace(self.wanted, **fields), (*self.about, said))  # type: ignore[arg-type]


def narrowed(text: str, reference: Reference) -> Narrowed:
    """Read what somebody typed behind ``gaps``.

    Raises:
        UnclearError: A word names nothing that can narrow the list.
    """
    found = Narrowed()
    parts = parts_of(text, _KEYS)
    domain = next((loaded_domain(words, reference) for key, words in parts if key == "domain"), None)
    for key, words in parts:
        match key:
            case "group":
                for each in listed(words):
                    found = found.group(group_named(each, reference))
            case "sector":
                for each in [words] if sector_named(words) else listed(words):
                    found = found.sector(each)
            case "platform":
                found = found.platforms(listed(words), reference)
            case "tactic":
                found = found.tactic(tactic_named(words, reference, domain))
            case "log":
                found = found.log_source(words.removeprefix("source").strip() or words)
            case "domain":
                found = found.domain(loaded_domain(words, reference))
            case "limit":
                found = found.limit(max(int(words), 1)) if words.isdecimal() else found
            case _:
                for each in words.split(","):
                    found = _guessed(each.split(), reference, found)
    return found


def narrowed_by(
    reference: Reference,
    found: Narrowed,
    *,
    groups: Sequence[str] = (),
    sectors: Sequence[str] = (),
    platforms: Sequence[str] = (),
    tactic: str = "",
    log_source: str = "",
    domain: str = "",
) -> Narrowed:
    """Narrow it further, each filter by its own name, as the command line's options do.

    Raises:
        UnclearError: A group, a tactic or a domain that nobody knows.
    """
    only = loaded_domain(domain, reference) if domain else None
    for each in groups:
        found = found.group(group_named(each, reference))
    for each in sectors:
        found = found.sector(each)
    found = found.platforms(platforms, reference)
    if tactic:
        found = found.tactic(tactic_named(tactic, reference, only))
    if log_source:
        found = found.log_source(log_source)
    return found.domain(only) if only else found


def parts_of(text: str, keys_by_word: Mapping[str, str]) -> list[tuple[str, str]]:
    """``(key, words)``; the words before the first key stand under an empty one.

    Args:
        text: As somebody typed it.
        keys_by_word: What each word that begins a part means.

    Raises:
        UnclearError: Nothing stands behind a key.
    """
    parts: list[tuple[str, list[str]]] = [("", [])]
    words = text.split()
    keys = [keys_by_word.get(word.casefold().rstrip(":"), "") for word in words]
    for at, (word, key) in enumerate(zip(words, keys, strict=True)):
        last = at + 1 == len(words) or bool(keys[at + 1])
        if key and not (last and parts[-1][1]):  # the second word of "Lazarus Group" begins no filter
            parts.append((key, []))
        else:
            parts[-1][1].append(word)
    for key, named in parts:
        if key and not named:
            raise UnclearError(f"Which {key}? Put its name behind the word.")
    return [(key, " ".join(named).strip(" ,")) for key, named in parts if named]


def _guessed(words: Sequence[str], reference: Reference, found: Narrowed) -> Narrowed:
    """The longest run of words that is exactly something, again and again; else all of them at once, freely."""
    at = 0
    start = found
    while at < len(words):
        for end in range(len(words), at, -1):
            longer = _exact(" ".join(words[at:end]), reference, found)
            if longer is not None:
                found, at = longer, end
                break
        else:
            if words[at].casefold() in ("and", "for", "in", "on", "of", "the", "by"):
                at += 1
                continue
            return _freely(" ".join(words), reference, start)
    return found


def _exact(words: str, reference: Reference, found: Narrowed) -> Narrowed | None:
    if domain := domain_named(words):
        return found.domain(loaded_domain(words, reference)) if domain else None
    if platform_named(words, reference):
        return found.platforms([words], reference)
    item = exactly(words, (Kind.TACTIC, Kind.GROUP), reference)
    if isinstance(item, Tactic):
        return found.tactic(item)
    if isinstance(item, Group):
        return found.group(item)
    return found.sector(words) if sector_named(words) else None


def _freely(words: str, reference: Reference, found: Narrowed) -> Narrowed:
    item = meant(words, reference)
    if isinstance(item, Group):
        return found.group(item)
    if isinstance(item, Tactic):
        return found.tactic(item)
    raise UnclearError(
        f'"{words[:80]}" is no group, sector, platform, tactic or domain, and nothing else narrows a list of gaps.'
    )
