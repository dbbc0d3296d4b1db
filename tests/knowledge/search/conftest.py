"""The look-up over the three domains of 18.1 with the shipped synonyms, read once for all tests here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.catalog import Catalog
from knowledge.model import Domain, ReleaseContents
from knowledge.search import Lookup, Synonyms, read_synonyms
from tests.conftest import REPOSITORY

SHIPPED = REPOSITORY / "config" / "synonyms.toml"
QUERIES = Path(__file__).parent / "queries.txt"


def own_queries() -> list[tuple[str, frozenset[str]]]:
    lines = (line.strip() for line in QUERIES.read_text(encoding="utf-8").splitlines())
    pairs = (line.rsplit(" : ", 1) for line in lines if line and not line.startswith("#"))
    return [(query, frozenset(ids.split())) for query, ids in pairs]


@pytest.fixture(scope="session")
def shipped() -> Synonyms:
    return read_synonyms(SHIPPED.read_bytes(), "synonyms.toml")


@pytest.fixture(scope="session")
def real_catalog(release_contents: Callable[[Domain, str], ReleaseContents]) -> Catalog:
    return Catalog(release_contents(domain, "18.1") for domain in Domain)


@pytest.fixture(scope="session")
def real_lookup(real_catalog: Catalog, shipped: Synonyms) -> Lookup:
    return Lookup(real_catalog, shipped)
