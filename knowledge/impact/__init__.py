"""Changes against a team's detections: what each touched rule needs."""

from knowledge.impact.assess import assess
from knowledge.impact.contract import as_json
from knowledge.impact.model import Action, AheadRule, Impact, Item, RuleImpact
from knowledge.impact.narrow import Filter, narrow

__all__ = ["Action", "AheadRule", "Filter", "Impact", "Item", "RuleImpact", "as_json", "assess", "narrow"]
