"""Which domains' techniques a text may show: enterprise, and mobile or industrial systems where it is about them.

Three things say that it is: the product that wrote the alert, words of ``data/domains.toml``, and the encoder, by the
share of its probability that falls to the domain's techniques. Words and share are added up.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from knowledge.mapping.index import Corpus, Floats
from knowledge.mapping.reading import Reading
from knowledge.mapping.words import words
from knowledge.model import Domain

SURE, LIKELY = 1.0, 0.5
"""How much a word says for its domain; at 1 the domain is open. A word of a user agent or of a record's details says as
much less as `knowledge.mapping.reading.WEIGHTS` has it: a sign-in from an iPhone is not about iPhones."""

MEANT = 2.0
"""How much the encoder's share of a domain says: half of its probability opens it alone. Enterprise texts that an
encoder has not seen reach that once in 300, those of Mobile for every second."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What says that an alert is about a domain.

    Attributes:
        products: Keys of products whose alerts are about nothing else.
        single: How much each word says, by the form it compares by.
        pairs: How much two neighbours say, by the last form of the left one and the first of the right one.
    """

    products: frozenset[str]
    single: dict[str, float]
    pairs: dict[tuple[str, str], float]


def allowed_techniques(
    corpus: Corpus,
    reading: Reading,
    domain: Domain | None,
    products: Iterable[str] = (),
    likely: Floats | None = None,
) -> NDArray[np.bool_]:
    """For each technique whether it may be answered.

    Args:
        corpus: Says which domain each belongs to.
        reading: The text.
        domain: Only this one, where the asker said so.
        products: Keys of the products that wrote its records.
        likely: For each technique the log of the encoder's probability, where it was asked.
    """
    order = list(Domain)
    wanted = {domain} if domain else {Domain.ENTERPRISE, *_spoken_of(corpus, reading, frozenset(products), likely)}
    found: NDArray[np.bool_] = np.isin(corpus.domains, [order.index(each) for each in wanted])
    return found if domain is not None or found.any() else np.ones(len(corpus.domains), bool)


@cache
def shipped_signs() -> dict[Domain, Signs]:
    """The signs of ``data/domains.toml``, by domain."""
    raw = files("knowledge.mapping").joinpath("data/domains.toml").read_text("utf-8")
    return {Domain(name): _signs(table) for name, table in tomllib.loads(raw).items()}


def _signs(table: dict[str, list[str]]) -> Signs:
    single: dict[str, float] = {}
    pairs: dict[tuple[str, str], float] = {}
    for entries, weight in ((table["likely"], LIKELY), (table["sure"], SURE)):
        for entry in entries:
            first, *rest = words(entry).forms
            if rest:
                pairs[first[-1], rest[0][0]] = weight
            else:
                single[first[0]] = weight
    return Signs(frozenset(table["products"]), single, pairs)


def _spoken_of(corpus: Corpus, reading: Reading, products: frozenset[str], likely: Floats | None) -> Iterator[Domain]:
    for domain, signs in shipped_signs().items():
        said = _said(reading, signs)
        if likely is not None:
            said += MEANT * float(np.exp(likely[corpus.domains == list(Domain).index(domain)]).sum())
        if said >= SURE or not signs.products.isdisjoint(products):
            yield domain


def _said(reading: Reading, signs: Signs) -> float:
    """What the words say together; each counts once, where it weighs most, and no more than in prose."""
    found: dict[str | tuple[str, str], float] = {}
    for stretch in reading.stretches:
        here = min(1.0, stretch.weight)
        last = ""
        for forms in reading.forms[stretch.first : stretch.last]:
            for form in forms:
                if form in signs.single:
                    found[form] = max(found.get(form, 0.0), here * signs.single[form])
            if (pair := (last, forms[0])) in signs.pairs:
                found[pair] = max(found.get(pair, 0.0), here * signs.pairs[pair])
            last = forms[-1]
    return sum(found.values())
