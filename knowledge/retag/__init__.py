"""Rules that name what ATT&CK has retired or moved: the change to their files, as a diff or done."""

from knowledge.retag.model import Edited, Proposal, Proposals, Refused, RetagError, Written
from knowledge.retag.plan import Plan, RulePlan, Succession
from knowledge.retag.propose import propose
from knowledge.retag.writing import write

__all__ = [
    "Edited",
    "Plan",
    "Proposal",
    "Proposals",
    "Refused",
    "RetagError",
    "RulePlan",
    "Succession",
    "Written",
    "propose",
    "write",
]
