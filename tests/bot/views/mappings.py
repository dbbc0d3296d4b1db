"""Mappings made by hand, over the small ATT&CK of `tests.bot.views.builders`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from knowledge.mapping.model import Confirmed, Likely, Mapping, MatchedRule, Outcome, Quote, band_of
from tests.bot.views.builders import catalog

NOW = catalog()
HOSTILE = "kettle.exe <!channel> `whistle` <@U123> *now* & then"


def quote(words: str, field: str = "", why: str = "typical of this technique: “kettle”", start: int = 0) -> Quote:
    """Words that stand at `start`."""
    return Quote(words, start, start + len(words), why, field)


def likely(attack_id: str, confidence: float, *quotes: Quote, **fields: Any) -> Likely:
    """A technique of the small ATT&CK, with its own name and one quote unless told otherwise."""
    item = NOW.get(attack_id)
    assert item
    evidence = quotes or (quote("boil --now", "CommandLine"),)
    return Likely(attack_id, item.name, ("Brewing",), confidence, band_of(confidence), evidence, **fields)


def mapping(*techniques: Likely, **fields: Any) -> Mapping:
    """An answer where there are techniques, nothing where there are none."""
    defaults: dict[str, Any] = {
        "techniques": techniques,
        "outcome": Outcome.ANSWER if techniques else Outcome.NOTHING,
        "reason": "" if techniques else "No technique recognised. That does not mean it is harmless.",
        "indicators": (),
        "furthest_tactic": "",
        "chain": (),
        "release": "Enterprise 18.1",
    }
    return Mapping(**{**defaults, **fields})


def defender(**fields: Any) -> Mapping:
    """Three acts on one host: one rule fires, one technique has rules, one has none."""
    rule = MatchedRule("r1", "Kettle Dump via Spout DLL", "sigma")
    dump = "rundll32 spout.dll, MiniDump 672 C:\\l.dmp full"
    techniques = (
        likely(
            "T9001.001",
            0.91,
            quote(dump, "CommandLine", "your rule “Kettle Dump via Spout DLL” fires on this event"),
            quote("MiniDump", "CommandLine", "typical of this technique: “minidump”", start=20),
            rules=(rule,),
        ),
        likely("T9001", 0.79, quote("vssadmin delete shadows /all", "CommandLine", start=100), act=2),
        likely("T9001.002", 0.35, quote("New-InboxRule", "Operation", "a rule that forwards mail", start=200), act=3),
        likely("T9666", 0.06, quote("then", start=300)),
    )
    about: dict[str, Any] = {
        "product": "Defender for Endpoint",
        "host": "FS01",
        "format": "json",
        "acts": 3,
        "chain": (("Execution", ("T9001.001",)), ("Impact", ("T9001",))),
        "furthest_tactic": "Impact",
    }
    return replace(mapping(*techniques), **{**about, **fields})


def covered(likely: Likely, *, again: bool) -> str:
    """What rules say of each technique of `defender`."""
    assert not again
    return {
        "T9001.001": "✓ your rule “Kettle Dump via Spout DLL” fires on this event (79 rules in all)",
        "T9001": "✓ 12 rules",
        "T9001.002": "✗ no rule of yours",
    }.get(likely.id, "")


def confirmed(*pairs: tuple[str, str]) -> tuple[Confirmed, ...]:
    """Who confirmed, and when."""
    return tuple(Confirmed(by, on) for by, on in pairs)
