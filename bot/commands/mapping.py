"""An alert's text to likely techniques, and what people say of the answer."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.commands.excerpts import excerpt
from bot.commands.held import held_by
from bot.views.mapping import mapped
from bot.views.messages import sentence
from knowledge.mapping import masked
from knowledge.model import Kind
from knowledge.store import Confirmation, Verdict

if TYPE_CHECKING:
    from bot.commands.request import Request
    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply
    from knowledge.mapping import Likely
    from knowledge.model import Domain

MAP_AGAIN = "map"
"""What stands before the text that a share button carries."""

_CARRIED = 280
"""Characters of the alert that a line's buttons carry: three buttons on five lines stay far below what Slack takes."""

_SHARED = 1_900
"""Characters that the one share button carries, of the 2,000 a button's value may have."""

HOW_TO = "Put the alert's text after it, or use the form; in a thread, mention me with the word map."


def map_text(request: Request, toolbox: Toolbox) -> Reply:
    """Likely techniques of the text after the verb."""
    return map_alert(request, toolbox, domain=None)


def map_alert(request: Request, toolbox: Toolbox, *, domain: Domain | None) -> Reply:
    """Likely techniques of a text, with buttons to judge each.

    Args:
        request: Its `text` is the alert.
        toolbox: Knows the releases and what the team confirmed.
        domain: Only this domain; by itself the text decides.
    """
    text = request.text
    if not text.strip():
        return sentence(HOW_TO)
    mapping = toolbox.map(request.team, text, domain=domain)

    def carried(likely: Likely) -> str:
        return f"{likely.id}|{excerpt(text, likely.evidence, _CARRIED)}"

    quotes = tuple(quote for likely in mapping.techniques for quote in likely.evidence)
    share = f"{MAP_AGAIN}|{excerpt(text, quotes, _SHARED)}"
    held = held_by(toolbox, request.team)
    return mapped(mapping, toolbox.reference().catalog, carried=carried, share=share, held=held)


def map_again(request: Request, toolbox: Toolbox) -> Reply:
    """The answer to a shared excerpt: without the asker's buttons."""
    mapping = toolbox.map(request.team, request.text)
    return mapped(mapping, toolbox.reference().catalog, held=held_by(toolbox, request.team))


def judge(request: Request, toolbox: Toolbox, verdict: Verdict) -> Reply:
    """Keep a person's word on one technique, as evidence for the next alert like it.

    Args:
        request: Its `text` is ``ID|EXCERPT``, as the line's button carries it.
        toolbox: Keeps it.
        verdict: What was said.
    """
    attack_id, _, words = request.text.partition("|")
    item = toolbox.reference().catalog.get(attack_id)
    if item is None or not words.strip():
        return sentence("That answer is too old to be judged; map the alert again.")
    toolbox.store.add_confirmation(request.team, _confirmation(request, toolbox, item.id, words, verdict))
    counts = "for" if verdict is Verdict.RIGHT else "against"
    return sentence(
        f"Kept: {item.id} {item.name} was {verdict.value}, which counts {counts} it in the next alert like this. "
        f"Addresses, hosts, users and secrets were masked first; '{toolbox.command} confirmations' lists and erases "
        "what is kept."
    )


def judge_another(request: Request, toolbox: Toolbox, named: str) -> tuple[Reply, str]:
    """Keep that another technique was the right one.

    Args:
        request: As for `judge`; the technique in it was wrong.
        toolbox: Keeps both.
        named: What the person typed: an id or a name.

    Returns:
        What to say, and what is wrong with `named`, empty when nothing is.
    """
    answer = toolbox.reference().lookup.find(named, kind=Kind.TECHNIQUE, limit=3)
    if not answer.clear:
        near = ", ".join(f"{match.object.id} {match.object.name}" for match in answer.matches[:3])
        return sentence(""), f"That could be several. Type an id: {near}." if near else "No technique is called so."
    attack_id, _, words = request.text.partition("|")
    right = answer.matches[0].object
    if right.id != attack_id:
        judge(request, toolbox, Verdict.WRONG)
    return judge(replace(request, text=f"{right.id}|{words}"), toolbox, Verdict.RIGHT), ""


def _confirmation(request: Request, toolbox: Toolbox, attack_id: str, words: str, verdict: Verdict) -> Confirmation:
    text = masked(words)
    seed = f"{request.team}\0{attack_id}\0{text}"
    return Confirmation(
        id=hashlib.sha256(seed.encode()).hexdigest()[:12],
        technique_id=attack_id,
        verdict=verdict,
        text=text,
        release=", ".join(release.label for release in toolbox.reference().catalog.releases),
        user=request.user,
        channel=request.channel,
        confirmed_at=toolbox.now().isoformat(timespec="seconds"),
    )
