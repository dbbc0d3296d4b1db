"""Fuzzy look-up: the only room that ranks names."""

from knowledge.search.answers import Answer, Match
from knowledge.search.identifiers import read_ids
from knowledge.search.lookup import Lookup
from knowledge.search.synonyms import NO_SYNONYMS, Synonyms, SynonymsError, read_synonyms

__all__ = [
    "NO_SYNONYMS",
    "Answer",
    "Lookup",
    "Match",
    "Synonyms",
    "SynonymsError",
    "read_ids",
    "read_synonyms",
]
