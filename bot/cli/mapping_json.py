"""Mappings as JSON: the shapes that scripts read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from knowledge.mapping import Likely, Mapping, Quote


def answer_json(row_id: object, mapping: Mapping) -> dict[str, Any]:
    """One mapping as JSON objects; keys that have nothing to say are left out.

    Args:
        row_id: What the asker calls the alert.
        mapping: What was found.

    Returns:
        ``id``, ``techniques``, ``abstained``, ``outcome``, ``reason``, ``attack`` and ``format``; ``product`` and
        ``matched_rules`` where there are any.
    """
    answer: dict[str, Any] = {
        "id": row_id,
        "techniques": [_technique(each, several=mapping.acts > 1) for each in mapping.techniques],
        "abstained": mapping.abstained,
        "outcome": mapping.outcome.value,
        "reason": mapping.reason,
        "attack": mapping.release,
        "format": mapping.format,
    }
    if mapping.product:
        answer["product"] = mapping.product
    if mapping.matched_rules:
        answer["matched_rules"] = [
            {"id": each.id, "title": each.title, "source": each.source} for each in mapping.matched_rules
        ]
    return answer


def _technique(likely: Likely, *, several: bool) -> dict[str, Any]:
    technique: dict[str, Any] = {
        "id": likely.id,
        "name": likely.name,
        "tactics": list(likely.tactics),
        "confidence": likely.confidence,
        "band": likely.band,
        "evidence": [_evidence(quote) for quote in likely.evidence],
    }
    if several:
        technique["act"] = likely.act
    if likely.confirmed:
        technique["confirmed"] = [{"by": each.by, "on": each.on} for each in likely.confirmed]
    return technique


def _evidence(quote: Quote) -> dict[str, Any]:
    evidence: dict[str, Any] = {"quote": quote.quote, "start": quote.start, "end": quote.end, "why": quote.why}
    return evidence | ({"field": quote.field} if quote.field else {})
