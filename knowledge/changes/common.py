"""What may change about an object of any kind: its name, its id, its description, its platforms."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.changes.model import Aspect, Detail, Weight
from knowledge.changes.pairing import Context
from knowledge.changes.words import SUBSTANCE, substance
from knowledge.model import AttackObject, LogSource, Technique


def names(before: AttackObject, after: AttackObject) -> Iterator[Detail]:
    """Name and id; another case or hyphen is no other name."""
    if before.name != after.name:
        spelling = _letters(before.name) == _letters(after.name)
        yield Detail(
            aspect=Aspect.WORDING if spelling else Aspect.RENAMED,
            weight=Weight.COSMETIC if spelling else Weight.ACT,
            what=f"{'spelling' if spelling else 'renamed'}, was {before.name}",
        )
    former = isinstance(after, Technique) and before.id in after.former_ids
    if before.id != after.id and not former:
        unnumbered = before.id == before.name
        yield Detail(
            aspect=Aspect.NEW_ID,
            weight=Weight.ACT,
            what=f"now has the id {after.id}" + ("" if unnumbered else f" (was {before.id})"),
            subject=after.id,
            bulk="they have ids now" if unnumbered else "",
        )


def description(before: AttackObject, after: AttackObject) -> Iterator[Detail]:
    """The prose; a description that one release lacks cannot be compared."""
    if before.description and after.description:
        yield from text("description", before.description, after.description)


def text(label: str, old: str, new: str, aspect: Aspect = Aspect.DESCRIPTION) -> Iterator[Detail]:
    """One text against another: worth reading from `SUBSTANCE` words on."""
    if old == new:
        return
    words = substance(old, new)
    if words >= SUBSTANCE:
        yield Detail(aspect=aspect, weight=Weight.READ, what=f"{label} changed ({words} words)")
    else:
        what = f"{label}: wording, citations or layout only"
        yield Detail(aspect=Aspect.WORDING, weight=Weight.COSMETIC, what=what)


def platforms(before: AttackObject, after: AttackObject, context: Context) -> Iterator[Detail]:
    """Platforms it gained and lost, those that were merely given another name apart."""
    was: set[str] = set(getattr(before, "platforms", ()))
    now: set[str] = set(getattr(after, "platforms", ()))
    if was == now or (not context.dated and not (was and now)):
        return
    moved = {old: new for old, new in context.moved_platforms.items() if old in was and new in now}
    for old, new in sorted(moved.items()):
        what = f"platform {old} is now called {new}"
        yield Detail(aspect=Aspect.METADATA, weight=Weight.COSMETIC, what=what, bulk=what)
    gained, lost = sorted(now - was - set(moved.values())), sorted(was - now - moved.keys())
    for word, changed in (("added", gained), ("removed", lost)):
        if changed:
            noun = "platform" if len(changed) == 1 else "platforms"
            yield Detail(aspect=Aspect.PLATFORMS, weight=Weight.READ, what=f"{noun} {word}: {', '.join(changed)}")


def aliases(before: AttackObject, after: AttackObject) -> Iterator[Detail]:
    """Other names."""
    gained = [a for a in getattr(after, "aliases", ()) if a not in getattr(before, "aliases", ())]
    if gained:
        yield Detail(aspect=Aspect.METADATA, weight=Weight.COSMETIC, what=f"also known as {', '.join(gained)}")


def log_sources(was: tuple[LogSource, ...], now: tuple[LogSource, ...]) -> Iterator[Detail]:
    """Where events are logged, by name and channel."""
    old, new = {_source(each) for each in was}, {_source(each) for each in now}
    for word, changed in (("added", new - old), ("removed", old - new)):
        if changed:
            shown = sorted(changed)[:3] + ([f"{len(changed) - 3} more"] if len(changed) > 3 else [])
            yield Detail(
                aspect=Aspect.DETECTION,
                weight=Weight.READ,
                what=f"log sources {word}: {', '.join(shown)}",
                bulk=f"log sources {word}",
            )


def _source(each: LogSource) -> str:
    return f"{each.name} ({each.channel})" if each.channel else each.name


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()
