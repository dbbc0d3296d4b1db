"""The App Home: what this bot does, what to try, what it knows."""

from __future__ import annotations

from collections import Counter
from typing import Any

from bot.views import blocks
from bot.views.cards.frame import day
from bot.views.cards.related import counted
from bot.views.mrkdwn import code, escape
from knowledge.catalog import Catalog
from knowledge.model import Domain, Kind, Release

_TRY = (
    ("kerberosting", "a technique by name, typing error and all"),
    ("T1086", "an old id, answered with its successor"),
    ("group fancy bear", "a group by any of its names"),
    ("map rundll32.exe comsvcs.dll MiniDump 624 lsass.dmp full", "what an alert likely shows"),
    ("gaps sector finance", "what your rules lack, by who attacks teams like yours"),
)


def home(catalog: Catalog, *, command: str = "/attack") -> dict[str, Any]:
    """A view for `views.publish`.

    Args:
        catalog: The releases loaded.
        command: The slash command's name in this workspace.
    """
    tries = [f"{code(f'{command} {words}')}  {why}" for words, why in _TRY]
    known = [_release(catalog, each) for each in catalog.releases]
    return {
        "type": "home",
        "blocks": [
            blocks.header("ATT&CK, where the incident is"),
            blocks.section(
                "Ask for a technique, group, software, campaign, mitigation or anything else "
                "by id, name, alias or slang. A card says what it is, how to detect it, who does it and what stops it."
            ),
            blocks.section("*Five things to try*\n" + "\n".join(tries)),
            blocks.section(
                f"Only you see an answer until you share it. {code(f'{command} help')} lists every command."
            ),
            blocks.divider(),
            blocks.section("*What is loaded*\n" + ("\n".join(known) or _NOTHING)),
            blocks.context("Everything runs on your team's own machine: no question and no alert leaves it."),
            blocks.plain_context("MITRE ATT&CK is a registered trademark of The MITRE Corporation."),
        ],
    }


_NOTHING = "Nothing yet. `attackbot sync` on the machine this bot runs on mends that."


def _release(catalog: Catalog, release: Release) -> str:
    counts = _counts(catalog, release.domain)
    published = f", {day(release.published)}" if release.published else ""
    return f"• *{escape(release.label)}*{published}:  {counts}"


def _counts(catalog: Catalog, domain: Domain) -> str:
    techniques = catalog.techniques(domain)
    whole = sum(not each.is_subtechnique for each in techniques)
    held = Counter(item.kind for item in catalog.objects(domain=domain))
    parts = [counted(whole, "technique")]
    if whole < len(techniques):
        parts.append(counted(len(techniques) - whole, "sub-technique"))
    parts += [counted(held[kind], noun, plural) for kind, noun, plural in _COUNTED if held[kind]]
    return ", ".join(parts)


_COUNTED = (
    (Kind.GROUP, "group", "groups"),
    (Kind.SOFTWARE, "software", "software"),
    (Kind.CAMPAIGN, "campaign", "campaigns"),
    (Kind.MITIGATION, "mitigation", "mitigations"),
    (Kind.DETECTION_STRATEGY, "detection strategy", "detection strategies"),
)
