"""Does a team's rule fire on a pasted event: its condition is evaluated on the fields of the record itself."""

from knowledge.detections.matching.matcher import RuleMatch, RuleMatcher, matcher_of

__all__ = ["RuleMatch", "RuleMatcher", "matcher_of"]
