"""The verbs, in the order the help tells them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.commands.changes import show_changes
from bot.commands.collecting import collect
from bot.commands.confirmations import confirmations
from bot.commands.coverage import show_coverage
from bot.commands.exporting import ExportFormat, export_as
from bot.commands.gaps import compare, show_gaps
from bot.commands.helping import show_help
from bot.commands.importing import tell_how
from bot.commands.lookup import look_up, look_up_kind
from bot.commands.mapping import map_text
from bot.commands.pasted import looks_pasted
from bot.commands.profile import profile
from bot.commands.request import Request
from bot.commands.sources import sources
from bot.commands.subscribing import subscriptions, unsubscribe
from bot.commands.subscribing import tell_how as tell_subscribing
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
        topic: What the help lists it under.
        about_alert: It works on an alert's text: where none is typed, a door may ask for one or take a thread's.
        about_file: It works on a file, which a door asks for.
        about_time: It says when something happens: where nothing is typed, a door may ask for it.
    """

    name: str
    run: Command
    usage: str
    summary: str
    example: str
    aliases: tuple[str, ...] = ()
    topic: str = "Look up"
    about_alert: bool = False
    about_file: bool = False
    about_time: bool = False


def _kind(kind: Kind, summary: str, example: str, *aliases: str) -> Verb:
    name = kind.value
    return Verb(name, look_up_kind(kind), f"{name} NAME", summary, f"{name} {example}", aliases)


_ALERTS, _RULES, _NEWS = "Map alerts", "Your rules", "New releases"

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
        "Name the techniques an alert likely shows; a pasted alert needs no map, and without TEXT a form asks.",
        "map rundll32.exe comsvcs.dll MiniDump 624 lsass.dmp full",
        about_alert=True,
        topic=_ALERTS,
    ),
    Verb(
        "confirmations",
        confirmations,
        "confirmations",
        "List what your team said of mapped alerts; export or erase it.",
        "confirmations",
        topic=_ALERTS,
    ),
    Verb(
        "coverage",
        show_coverage,
        "coverage",
        "Tell what your rules cover: in all, or for a technique, tactic, group, platform, source or team.",
        "coverage T1059.001",
        topic=_RULES,
    ),
    Verb(
        "gaps",
        show_gaps,
        "gaps",
        "Rank what is missing, and say why; narrow it by group, sector, platform, tactic, log, domain, team.",
        "gaps group apt29 platform windows",
        topic=_RULES,
    ),
    Verb(
        "compare",
        compare,
        "compare A with B",
        "Lay two groups side by side, or a group beside your rules.",
        "compare apt29 with us",
        topic=_RULES,
    ),
    Verb(
        "heatmap",
        export_as(ExportFormat.PNG),
        "heatmap",
        "Draw the matrix: coverage, gaps, group X, overlap X, Y.",
        "heatmap group apt29",
        ("picture",),
        topic=_RULES,
    ),
    Verb(
        "export",
        export_as(ExportFormat.NAVIGATOR),
        "export",
        "Hand over the same as a Navigator layer, as csv or as png.",
        "export gaps as csv",
        ("layer",),
        topic=_RULES,
    ),
    Verb(
        "import",
        tell_how,
        "import",
        "Read your rules from files, in a form.",
        "import",
        about_file=True,
        topic=_RULES,
    ),
    Verb(
        "sources",
        sources,
        "sources",
        "List your sources of detections; their history, or remove one.",
        "sources",
        topic=_RULES,
    ),
    Verb("collect", collect, "collect", "Say which log sources you collect.", "collect", topic=_RULES),
    Verb(
        "profile",
        profile,
        "profile",
        "Say who your team is, by sectors, groups and platforms; gaps are ranked with it.",
        "profile",
        topic=_RULES,
    ),
    Verb(
        "changes",
        show_changes,
        "changes",
        "Tell what the newest release changed, weighed; for a technique, or since a version.",
        "changes",
        topic=_NEWS,
    ),
    Verb(
        "subscribe",
        tell_subscribing,
        "subscribe",
        "Hear in a channel what a new release means for your rules; without words a form asks.",
        "subscribe weekly monday 09:00 Europe/Berlin",
        about_time=True,
        topic=_NEWS,
    ),
    Verb(
        "subscriptions", subscriptions, "subscriptions", "List who hears what, and when.", "subscriptions", topic=_NEWS
    ),
    Verb(
        "unsubscribe",
        unsubscribe,
        "unsubscribe",
        "End the subscription of this channel, or of an id.",
        "unsubscribe",
        topic=_NEWS,
    ),
    Verb("help", show_help, "help", "Show what the bot can do.", "help", ("?",)),
)
_BY_WORD = {word: verb for verb in VERBS for word in (verb.name, *verb.aliases)}


def wants_alert(request: Request) -> bool:
    """Whether the verb works on an alert's text and none was typed."""
    word, rest = _words(request)
    verb = _BY_WORD.get(word.lower())
    return verb is not None and verb.about_alert and not rest.strip()


def wants_file(request: Request) -> bool:
    """Whether the verb works on a file that a door can ask for."""
    word, rest = _words(request)
    verb = _BY_WORD.get(word.lower())
    return verb is not None and verb.about_file and not rest.strip()


def wants_time(request: Request) -> bool:
    """Whether the verb says when something happens and nothing was typed."""
    word, rest = _words(request)
    verb = _BY_WORD.get(word.lower())
    return verb is not None and verb.about_time and not rest.strip()


def perform(request: Request, toolbox: Toolbox) -> Reply:
    """Answer what somebody typed after the slash command or the mention.

    A first word that is a verb is taken as one. Anything else is mapped where it looks like a pasted alert, and looked
    up where not. Nothing at all asks for help.
    """
    word, rest = _words(request)
    if not word:
        return show_help(request, toolbox)
    verb = _BY_WORD.get(word.lower())
    if verb is None or (verb.run is show_help and rest.strip()):
        return map_text(request, toolbox) if looks_pasted(request.text) else look_up(request, toolbox)
    return verb.run(replace(request, text=rest.strip()), toolbox)


def _words(request: Request) -> tuple[str, str]:
    """The first word, and the rest; an alert may well begin on the next line."""
    first, *rest = request.text.strip().split(maxsplit=1) or [""]
    return first, rest[0] if rest else ""
