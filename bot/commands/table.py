"""The verbs, in the order the help tells them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.commands.confirmations import confirmations
from bot.commands.helping import show_help
from bot.commands.lookup import look_up, look_up_kind
from bot.commands.mapping import map_text
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
        aliases: Other first words that mean it.
        about_alert: It works on an alert's text: where none is typed, a door may ask for one or take a thread's.
    """

    name: str
    run: Command
    usage: str
    summary: str
    example: str
    aliases: tuple[str, ...] = ()
    about_alert: bool = False


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
    Verb(
        "map",
        map_text,
        "map TEXT",
        "Name the techniques an alert likely shows; without TEXT a form asks for it.",
        "map rundll32.exe comsvcs.dll MiniDump 624 lsass.dmp full",
        about_alert=True,
    ),
    Verb(
        "confirmations",
        confirmations,
        "confirmations",
        "List what your team said of mapped alerts; export or erase it.",
        "confirmations",
    ),
    Verb("help", show_help, "help", "Show what the bot can do.", "help", ("?",)),
)
_BY_WORD = {word: verb for verb in VERBS for word in (verb.name, *verb.aliases)}


def wants_alert(request: Request) -> bool:
    """Whether the verb works on an alert's text and none was typed."""
    word, rest = _words(request)
    verb = _BY_WORD.get(word.lower())
    return verb is not None and verb.about_alert and not rest.strip()


def perform(request: Request, toolbox: Toolbox) -> Reply:
    """Answer what somebody typed after the slash command or the mention.

    A first word that is a verb is taken as one; anything else is looked up. Nothing at all asks for help.
    """
    word, rest = _words(request)
    if not word:
        return show_help(request, toolbox)
    verb = _BY_WORD.get(word.lower())
    if verb is None or (verb.run is show_help and rest.strip()):
        return look_up(request, toolbox)
    return verb.run(replace(request, text=rest.strip()), toolbox)


def _words(request: Request) -> tuple[str, str]:
    """The first word, and the rest; an alert may well begin on the next line."""
    first, *rest = request.text.strip().split(maxsplit=1) or [""]
    return first, rest[0] if rest else ""
