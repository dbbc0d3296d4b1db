"""Release against release: MITRE's categories, and beside them what each change asks of a team."""

from knowledge.changes.compare import diff
from knowledge.changes.contract import as_json
from knowledge.changes.model import Aspect, Category, Change, Changes, Detail, Weight
from knowledge.changes.weighing import tracking
from knowledge.changes.words import Op, Span, WordDiff, word_diff

__all__ = [
    "Aspect",
    "Category",
    "Change",
    "Changes",
    "Detail",
    "Op",
    "Span",
    "Weight",
    "WordDiff",
    "as_json",
    "diff",
    "tracking",
    "word_diff",
]
