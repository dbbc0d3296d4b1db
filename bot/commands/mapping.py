"""An alert's text to likely techniques, and what people say of the answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bot.commands.excerpts import excerpt, places
from bot.views.mapping import Voice, card_of, covered_in_short, draw, unpack
from bot.views.messages import sentence
from knowledge.alerts.masking import MAX_KEPT
from knowledge.mapping import masked
from knowledge.model import Kind
from knowledge.store import Confirmation, Verdict

if TYPE_CHECKING:
    from bot.commands.request import Request
    from bot.commands.toolbox import Toolbox
    from bot.views.mapping import Card, Covered, Line
    from bot.views.reply import Reply
    from knowledge.mapping import Likely
    from knowledge.model import AttackObject, Domain

_ABOUT_LINE = 280
"""Characters that a verdict on one line is about."""

_READ = 100_000
"""Characters that are read for names of people and machines, before words are taken from them."""

HOW_TO = "Put the alert's text after it, or use the form; in a thread, mention me with the word map."
TOO_OLD = "That answer is too old for its buttons; map the alert again."


@dataclass(frozen=True, slots=True)
class Judged:
    """What a verdict comes to.

    Attributes:
        reply: What to say to whoever gave it.
        card: The answer it was given on, marked; None where that is not known any more or nothing was kept.
        wrong: What is wrong with what was typed; empty when nothing is.
    """

    reply: Reply
    card: Card | None = None
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Verdicted:
    """What a verdict is about.

    Attributes:
        words: The masked words of the alert.
        card: The answer; None where it is not known any more.
        at: The line of it, from 0; -1 for the whole.
        attack_id: The line's technique; empty for the whole.
    """

    words: str
    card: Card | None = None
    at: int = -1
    attack_id: str = ""


def map_text(request: Request, toolbox: Toolbox) -> Reply:
    """Likely techniques of the text after the verb."""
    return map_alert(request, toolbox, domain=None)


def map_alert(request: Request, toolbox: Toolbox, *, domain: Domain | None) -> Reply:
    """Likely techniques of a text, with menus to judge each.

    Args:
        request: Its `text` is the alert.
        toolbox: Knows the releases and what the team told.
        domain: Only this domain; by itself the text decides.
    """
    if not request.text.strip():
        return sentence(HOW_TO)
    mapping = toolbox.map(request.team, request.text, domain=domain)
    quotes = [quote for likely in mapping.techniques for quote in likely.evidence]
    hidden = masked(excerpt(request.text, quotes, MAX_KEPT), toolbox.read(request.text[:_READ]))
    found = places([quote.quote for quote in quotes], hidden)
    covered = covered_by(toolbox, request.team)
    return judgeable(card_of(mapping, covered=covered, about=partial(excerpt, hidden, found)), toolbox)


def judgeable(card: Card, toolbox: Toolbox) -> Reply:
    """A card with its menus and buttons; it is remembered, so that it can be drawn with a mark."""
    toolbox.shown.keep(card, toolbox.now())
    return draw(card, toolbox.reference().catalog, words_of=partial(_about_line, card))


def map_shared(packed: str, toolbox: Toolbox) -> Reply:
    """The card that somebody saw, for everyone: nothing is mapped again, and nobody can judge it."""
    card = unpack(packed)
    return draw(card, toolbox.reference().catalog) if card else sentence(TOO_OLD)


def covered_by(toolbox: Toolbox, workspace: str) -> Covered:
    """What the workspace's rules say of a mapped technique; only which of them fire where it has imported none."""
    coverage = toolbox.coverage(workspace) if toolbox.store.detections(workspace) else None

    def covered(likely: Likely, *, again: bool) -> str:
        return covered_in_short(likely, coverage.of(likely.id) if coverage else None, again=again)

    return covered


def judge(about: Verdicted, verdict: Verdict, request: Request, toolbox: Toolbox) -> Judged:
    """Keep a person's word on one technique, as evidence for the next alert like it.

    Args:
        about: The technique, and the words it was found in.
        verdict: What was said.
        request: Who said it, and where.
        toolbox: Keeps it.
    """
    item = toolbox.reference().catalog.get(about.attack_id)
    if item is None or not about.words.strip():
        return Judged(sentence(TOO_OLD))
    _keep(item, about.words, verdict, request, toolbox)
    card = about.card
    if card is not None and _is_line(card, about):
        voice = _voice(request, toolbox)
        right = verdict is Verdict.RIGHT
        card = card.confirmed(about.at, voice) if right else card.refuted(about.at, voice)
    return Judged(_kept(f"{item.id} {item.name} was {verdict.value}", verdict, toolbox), card)


def name_technique(about: Verdicted, named: str, request: Request, toolbox: Toolbox) -> Judged:
    """Keep which technique it really was.

    Args:
        about: The words; where it names a line, that line's technique was wrong.
        named: What the person typed: an id or a name.
        request: Who said it, and where.
        toolbox: Keeps it.
    """
    answer = toolbox.reference().lookup.find(named, kind=Kind.TECHNIQUE, limit=3)
    if not answer.clear:
        near = ", ".join(f"{match.object.id} {match.object.name}" for match in answer.matches[:3])
        wrong = f"That could be several. Type an id: {near}." if near else "No technique is called so."
        return Judged(sentence(wrong), wrong=wrong)
    right = answer.matches[0].object
    if not about.words.strip():
        return Judged(sentence(TOO_OLD))
    if about.attack_id and about.attack_id != right.id:
        about = replace(about, card=judge(about, Verdict.WRONG, request, toolbox).card)
    _keep(right, about.words, Verdict.RIGHT, request, toolbox)
    card = about.card.said_to_be(right.id, right.name, _voice(request, toolbox)) if about.card else None
    return Judged(_kept(f"it was {right.id} {right.name}", Verdict.RIGHT, toolbox), card)


def _is_line(card: Card, about: Verdicted) -> bool:
    return 0 <= about.at < len(card.lines) and card.lines[about.at].id == about.attack_id


def _about_line(card: Card, line: Line) -> str:
    shown = [each.words.partition("…")[0] for each in line.quotes]
    quotes = [each for words in shown for each in (words.replace("\\", "\\\\"), words)]  # JSON has backslashes twice
    return excerpt(card.about, places(quotes, card.about), _ABOUT_LINE)


def _voice(request: Request, toolbox: Toolbox) -> Voice:
    return Voice(request.user, toolbox.now().date().isoformat())


def _kept(said: str, verdict: Verdict, toolbox: Toolbox) -> Reply:
    counts = "for" if verdict is Verdict.RIGHT else "against"
    return sentence(
        f"Kept: {said}, which counts {counts} it in the next alert like this. The alert's words are kept with it. "
        "Secrets, people, hosts and addresses were masked as far as they are recognised; "
        f"'{toolbox.command} confirmations' lists and erases what is kept."
    )


def _keep(item: AttackObject, words: str, verdict: Verdict, request: Request, toolbox: Toolbox) -> None:
    text = masked(words)
    seed = f"{request.team}\0{request.user}\0{item.id}\0{text}"  # one word a person: a second one replaces the first
    confirmation = Confirmation(
        id=hashlib.sha256(seed.encode()).hexdigest()[:12],
        technique_id=item.id,
        verdict=verdict,
        text=text,
        release=", ".join(release.label for release in toolbox.reference().catalog.releases),
        user=request.user,
        channel=request.channel,
        confirmed_at=toolbox.now().isoformat(timespec="seconds"),
    )
    toolbox.store.add_confirmation(request.team, confirmation)
