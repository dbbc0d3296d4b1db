"""The threat mapping of Elastic's rules: techniques below tactics, each with its id, name and address."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

from knowledge.model import AttackObject, Tactic, Technique
from knowledge.retag.model import Edited, RetagError
from knowledge.retag.plan import Plan
from knowledge.retag.toml_sections import Section, joined, sections

_THREAT = "rule.threat"
_PARTS = {
    "technique": f"{_THREAT}.technique",
    "sub": f"{_THREAT}.technique.subtechnique",
    "tactic": f"{_THREAT}.tactic",
}
_ATTACK = "attack.mitre.org"


@dataclass(slots=True)
class Entry:
    """A technique or sub-technique below a tactic.

    Attributes:
        like: The lines to write it like; its own where it was there before.
    """

    id: str
    like: Section
    subs: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Threat:
    """A tactic and the techniques below it."""

    head: Section
    tactic: str
    tactic_like: Section
    tactic_first: bool
    entries: list[Entry]
    moved: list[tuple[Tactic, Entry]] = field(default_factory=list)


def edited(text: str, path: str, plan: Plan) -> Edited:
    """A rule with the mapping it should have.

    Raises:
        RetagError: The mapping should change and cannot be.
    """
    parts = sections(text)
    span = [n for n, part in enumerate(parts) if part.name == _THREAT or part.name.startswith(f"{_THREAT}.")]
    if not span:
        if "threat" in tomllib.loads(text).get("rule", {}):
            raise RetagError(path, "a threat mapping that is not written as tables; change it by hand")
        return Edited(text)
    first, last = span[0], span[-1]
    if span != list(range(first, last + 1)) or parts[first].name != _THREAT:
        raise RetagError(path, "a threat mapping in an order that is not rewritten; change it by hand")
    before = list(_threats(parts[first : last + 1], path))
    ids_before = _named(before)
    after = [_moved_on(threat, plan, path) for threat in before]
    after = _resettled(after)
    block = _rendered(after, parts[last], plan, _ending(text))
    new = joined(parts[:first]) + block + joined(parts[last + 1 :])
    if new == text:
        return Edited(text)
    renamed = _tactic_names(before, after, plan)
    for old, names in renamed.items():
        new = _with_tactic_tag(new, old, names)
    _check(text, new, path, after)
    return Edited(new, tuple(_described(ids_before, _named(after), plan)))


def _threats(parts: list[Section], path: str) -> Iterator[Threat]:
    starts = [n for n, part in enumerate(parts) if part.name == _THREAT]
    for start, end in zip(starts, [*starts[1:], len(parts)], strict=True):
        own = parts[start:end]
        tactics = [part for part in own if part.name == _PARTS["tactic"]]
        if len(tactics) != 1 or any(part.name not in (_THREAT, *_PARTS.values()) for part in own):
            raise RetagError(path, "a threat mapping of another shape than Elastic's; change it by hand")
        entries: list[Entry] = []
        for part in own:
            if part.name == _PARTS["technique"]:
                entries.append(Entry(part.value("id"), part))
            elif part.name == _PARTS["sub"] and entries:
                entries[-1].subs.append(Entry(part.value("id"), part))
        if any(not each.id for entry in entries for each in (entry, *entry.subs)):
            raise RetagError(path, "a technique whose id is not a text on a line of its own; change it by hand")
        first = len(own) > 1 and own[1] is tactics[0]
        yield Threat(own[0], tactics[0].value("id"), tactics[0], first, entries)


def _moved_on(threat: Threat, plan: Plan, path: str) -> Threat:
    """A threat with today's ids, and apart from them what belongs below another tactic."""
    kept: list[Entry] = []
    moved: list[tuple[Tactic, Entry]] = []
    for entry in threat.entries:
        for leaf in entry.subs or [entry]:
            placed = _placed(entry, leaf, plan, path)
            gone = plan.was_in(leaf.id, threat.tactic) and not plan.is_in(leaf.id, threat.tactic)
            reached = plan.for_rule([leaf.id], [threat.tactic]).right if gone else ()
            if reached:
                moved += [(tactic, placed) for tactic in reached]
            else:
                _merge(kept, placed)
    return Threat(threat.head, threat.tactic, threat.tactic_like, threat.tactic_first, kept, moved)


def _placed(entry: Entry, leaf: Entry, plan: Plan, path: str) -> Entry:
    """One leaf of the old mapping as a branch of the new one: a technique, or one with a single sub-technique."""
    found = plan.succession(leaf.id)
    item = plan.catalog.get(found.new if found else leaf.id)
    above = plan.succession(entry.id)
    if found is None and above is None:
        return Entry(entry.id, entry.like, [Entry(leaf.id, leaf.like)] if leaf is not entry else [])
    parent = plan.catalog.parent_of(item) if isinstance(item, Technique) and item.is_subtechnique else None
    if parent is None and isinstance(item, Technique) and item.is_subtechnique:
        raise RetagError(
            path, f"would need the technique above {item.id}, which ATT&CK does not name; change it by hand"
        )
    if parent is None:
        return Entry(item.id if item else leaf.id, entry.like)
    sub_like = leaf.like if leaf is not entry else _as_sub(entry.like)
    return Entry(parent.id, entry.like, [Entry(item.id if item else leaf.id, sub_like)])


def _as_sub(like: Section) -> Section:
    """A technique's lines under a sub-technique's header."""
    header = like.lines[0].replace(_PARTS["technique"], _PARTS["sub"])
    return Section(_PARTS["sub"], (header, *like.lines[1:]))


def _merge(entries: list[Entry], placed: Entry) -> None:
    known = next((each for each in entries if each.id == placed.id), None)
    if known is None:
        entries.append(placed)
    else:
        known.subs += [sub for sub in placed.subs if sub.id not in {each.id for each in known.subs}]


def _resettled(threats: list[Threat]) -> list[Threat]:
    """What moved, below its new tactic: an existing one, an emptied one renamed, or one more at the end."""
    result = list(threats)
    for threat in threats:
        for tactic, placed in threat.moved:
            home = next((each for each in result if each.tactic == tactic.id and each is not threat), None)
            if home is None and not threat.entries:
                home, threat.tactic = threat, tactic.id
            elif home is None and threat.tactic == tactic.id:
                home = threat
            elif home is None:
                home = Threat(threat.head, tactic.id, threat.tactic_like, threat.tactic_first, [])
                result.append(home)
            _merge(home.entries, placed)
    return [each for each in result if each.entries or not each.moved]


def _rendered(threats: list[Threat], last: Section, plan: Plan, ending: str) -> str:
    """The mapping's text, with one blank line between sections where there was one and the old end."""
    written: list[Section] = []
    for threat in threats:
        tactic = _identified(threat.tactic_like, plan.catalog.get(threat.tactic), threat.tactic, plan)
        own = [threat.head, *([tactic] if threat.tactic_first else [])]
        for entry in threat.entries:
            own.append(_identified(entry.like, plan.catalog.get(entry.id), entry.id, plan))
            own += [_identified(sub.like, plan.catalog.get(sub.id), sub.id, plan) for sub in entry.subs]
        written += own if threat.tactic_first else [*own, tactic]
    text = ""
    for number, section in enumerate(written):
        final = number == len(written) - 1
        bare = "".join(section.bare().lines).rstrip("\r\n")
        tail = last if final else section
        blank = "".join(tail.lines)[len("".join(tail.bare().lines).rstrip("\r\n")) :]
        text += bare + (blank if final or (blank.count("\n") > 0 and section is not last) else ending * 2)
    return text


def _identified(like: Section, item: AttackObject | None, attack_id: str, plan: Plan) -> Section:
    """A section's lines with an object's id, name and address; as they are where they say the same already."""
    if item is None:
        return like
    if like.value("id") == attack_id:
        name = like.value("name")
        return like.with_values({"name": item.name}) if plan.renamed(name) == item.name != name else like
    reference = like.value("reference")
    url = item.url + ("/" if reference.endswith("/") and not item.url.endswith("/") else "")
    values = {"id": item.id, "name": item.name}
    return like.with_values(values | ({"reference": url} if _ATTACK in reference and item.url else {}))


def _named(threats: list[Threat]) -> set[tuple[str, str]]:
    return {(threat.tactic, each.id) for threat in threats for entry in threat.entries for each in (entry, *entry.subs)}


def _described(before: set[tuple[str, str]], after: set[tuple[str, str]], plan: Plan) -> Iterator[str]:
    ids = {each for _, each in before} - {each for _, each in after}
    for attack_id in sorted(ids):
        found = plan.succession(attack_id)
        yield f"{attack_id} to {found.new}" if found else f"{attack_id} dropped"
    tactics = {each for each, _ in before}, {each for each, _ in after}
    for word, changed in (("dropped", tactics[0] - tactics[1]), ("added", tactics[1] - tactics[0])):
        yield from (f"tactic {each} {word}" for each in sorted(changed))
    if not ids and tactics[0] == tactics[1]:
        yield "names and places brought up to date"


def _tactic_names(before: list[Threat], after: list[Threat], plan: Plan) -> dict[str, list[str]]:
    """Names of tactics that are gone, each with those to put in its place; Elastic repeats them among its tags."""
    old = {each.tactic: each.tactic_like.value("name") for each in before}
    new = {each.tactic: item.name for each in after if (item := plan.catalog.get(each.tactic))}
    come = [name for key, name in new.items() if key not in old]
    gone = [name for key, name in old.items() if key not in new]
    renamed = {name: [plan.renamed(name)] for key, name in old.items() if key in new and plan.renamed(name) != name}
    return {name: come if n == len(gone) - 1 else [] for n, name in enumerate(gone)} | renamed


def _with_tactic_tag(text: str, old: str, names: list[str]) -> str:
    """The rule's tags with other tactics in the place of one, each on a line of its own where that one is."""
    tag = re.compile(
        rf"(?P<start>^[ \t]*)?(?P<quote>[\"'])Tactic: {re.escape(old)}(?P=quote)"
        r"(?P<comma>[ \t]*,)?(?P<end>[ \t]*\r?\n)?",
        re.MULTILINE,
    )

    def instead(match: re.Match[str]) -> str:
        start, end, comma = match["start"] or "", match["end"] or "", match["comma"] or ""
        alone = match["start"] is not None and bool(end)
        between = f",{end}{start}" if alone else ", "
        fresh = between.join(f"{match['quote']}Tactic: {name}{match['quote']}" for name in names)
        if not fresh:
            return "" if alone else start + end
        return start + fresh + comma + end

    return tag.sub(instead, text, count=1)


def _check(old: str, new: str, path: str, after: list[Threat]) -> None:
    """Hold the new text to differ from the old one in nothing but the mapping and the tactic tags."""
    try:
        was, now = tomllib.loads(old), tomllib.loads(new)
    except tomllib.TOMLDecodeError as error:
        raise RetagError(path, f"would not be well-formed TOML after the change ({error})") from None
    threats = now["rule"].pop("threat")
    was["rule"].pop("threat")
    for each in (was, now):
        tags = each["rule"].get("tags")
        if isinstance(tags, list):
            each["rule"]["tags"] = [tag for tag in tags if not str(tag).startswith("Tactic: ")]
    found = {
        (threat["tactic"]["id"], each["id"])
        for threat in threats
        for technique in threat.get("technique", ())
        for each in (technique, *technique.get("subtechnique", ()))
    }
    if was != now or found != _named(after):
        raise RetagError(path, "would not read as meant after the change; change it by hand")


def _ending(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
