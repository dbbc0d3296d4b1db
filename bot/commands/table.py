"""The verbs, in the order the help tells them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.commands.helping import show_help
from bot.commands.lookup import look_up, look_up_kind
from bot.commands.request import Request
from bot.commands.toolbox import Toolbox
from bot.views.reply import Reply
from knowledge.model import Kind

Command = Callable[[Request, Toolbox], Reply]


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing the bot can be asked.

    Attributes:
        name: The first word that means it; empty for what is meant when no verb is named.
        usage: As typed in Slack after the slash command.
        summary: One sentence, imperative.
        example: A use that works with any release.
    """

    name: str
    run: Command
    usage: str
    summary: str
    example: str
    aliases: tuple[str, ...] = ()


def _kind(kind: Kind, summary: str, example: str, *aliases: str) -> Verb:
    name = kind.value
    return Verb(name, look_up_kind(kind), f"{name} NAME", summary, f"{name} {example}", aliases)


VERBS: tuple[Verb, ...] = (
    Verb(
        "",
        look_up,
        "QUERY",
        "Look anything up: an id, a name, an alias, slang, a typo.",
        "kerberosting",
    ),
    _kind(Kind.GROUP, "Show a group: its techniques, software and campaigns.", "apt29", "actor"),
    _kind(Kind.SOFTWARE, "Show malware or a tool, and who uses it.", "mimikatz", "malware", "tool"),
    _kind(Kind.TACTIC, "Show a tactic and its techniques.", "lateral movement"),
    _kind(Kind.MITIGATION, "Show a mitigation and what it stops.", "multi-factor authentication"),
    _kind(Kind.CAMPAIGN, "Show a campaign and who is behind it.", "solarwinds compromise"),
    Verb("help", show_help, "help", "Show what the bot can do.", "help", ("?",)),
)
_BY_WORD = {word: verb for verb in VERBS for word in (verb.name, *verb.aliases)}


def perform(request: Request, toolbox: Toolbox) -> Reply:
    """Answer what somebody typed after the slash command or the mention.

    A first word that is a verb is taken as one; anything else is looked up. Nothing at all asks for help.
    """
    word, _, rest = request.text.strip().partition(" ")
    if not word:
        return show_help(request, toolbox)
    verb = _BY_WORD.get(word.lower())
    if verb is None or (verb.run is show_help and rest.strip()):
        return look_up(request, toolbox)
    return verb.run(replace(request, text=rest.strip()), toolbox)
