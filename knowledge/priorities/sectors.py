"""Sectors of the economy, and how people write them.

The MISP threat-actor cluster uses two vocabularies, its own and that of the Council on Foreign Relations, each with
spellings of its own; an analyst types a third. What says too little to compare by (``Private sector``, ``Business``,
``Other``) is left out.
"""

from __future__ import annotations

import re

SECTORS: dict[str, tuple[str, ...]] = {
    "Government": (
        "government administration", "government agencies and services", "government institutions", "public sector",
        "diplomacy", "diplomatic", "intelligence", "justice", "political party", "intergovernmental", "state",
        "security service", "administration", "public administration",
    ),
    "Defence": (
        "defense", "military", "defense contractor", "defense contractors", "defense industrial base",
        "defence contractor", "dib",
    ),
    "Finance": (
        "financial", "financial services", "bank", "banks", "banking", "investment", "payment", "payments", "insurance",
        "cryptocurrency", "crypto", "fintech",
    ),
    "Energy": (
        "energy company", "petroleum", "petrochemical", "oil", "gas", "oil and gas", "electric", "electricity",
        "electric utilities", "electric utility sector", "utilities", "utility", "power", "nuclear",
    ),
    "Telecommunications": ("telecoms", "telecomms", "telecom", "telco", "isp", "communications"),
    "Healthcare": (
        "health", "medical", "hospital", "hospitals", "pharmaceuticals", "pharmaceutical", "pharma", "pharmacy",
        "biomedical", "biotech", "covid-19 research organizations", "life sciences",
    ),
    "Technology": (
        "high-tech", "high tech", "information technology", "it", "tech", "software", "semiconductor industry",
        "semiconductors", "semiconductor", "electronics manufacturers", "electronic", "electronics", "it services",
    ),
    "Education and research": (
        "education", "research", "universities", "university", "academia", "academia university", "academic",
        "scientific research", "research innovation", "think tanks", "think tank",
    ),
    "Media": (
        "media and entertainment", "news media", "news", "press", "journalist", "journalists", "entertainment",
        "broadcasting",
    ),
    "Civil society": (
        "ngo", "ngos", "non profit organisation", "non profit", "nonprofit", "activists", "activist", "dissident",
        "dissidents", "opposition", "separatists", "individuals", "religious organization", "religious organizations",
        "pro democracy and human rights political organizations", "human rights",
    ),
    "Manufacturing": (
        "industrial", "industry", "critical manufacturing", "automotive", "chemical", "chemicals", "engineering",
        "civil engineering", "construction", "mining", "electronics manufacturing",
    ),
    "Transport": (
        "transportation", "transportation systems", "logistics", "maritime", "shipping", "rail", "railway", "aviation",
        "airline", "airlines", "travel",
    ),
    "Aerospace": ("space", "satellite", "satellites", "aeronautics"),
    "Retail and food": ("retail", "food", "food and agriculture", "agriculture", "trade", "e commerce", "consumer"),
    "Hospitality": ("hotel", "hotels", "tourism", "restaurants"),
    "Gaming and gambling": ("gaming", "gambling", "gambling companies", "gambling websites", "games", "casino"),
    "Legal": ("law", "law firms", "legal services"),
}  # fmt: skip
"""A sector's name to other ways of writing it."""


def sector_named(written: str) -> str:
    """The sector somebody means; empty where the words say too little or nothing known.

    Args:
        written: Such as ``Government, Administration``, ``banking`` or ``Telecomms``.
    """
    return _BY_SPELLING.get(_fold(written), "")


def _fold(written: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", written.casefold()))


_BY_SPELLING = {_fold(spelling): sector for sector, others in SECTORS.items() for spelling in (sector, *others)}
