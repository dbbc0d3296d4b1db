"""Which domains' techniques a text may show: enterprise, and mobile or industrial systems where it is about them.

Three things say that it is: the product that wrote the alert, words of ``data/domains.toml``, and the encoder, by the
share of its probability that falls to the domain's techniques. Words and share are added up.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
"""How much a word says for its domain, times the weight of its stretch; at 1 the domain is open."""

FAINT, FAINTLY = 0.5, 0.25
"""Words of stretches that weigh less than the first, such as user agents and details of records, together say no more
than the second: a sign-in from an iPhone is not about iPhones."""

MEANT = 2.0
"""How much the encoder's share of a domain says: half of its probability opens the domain alone. Of texts that encoders
had not seen, one in 300 of Enterprise reached that for Mobile, and one in two of Mobile's own procedure examples."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What says that an alert is about a domain.

    Attributes:
        products: Keys of products whose alerts are about nothing else.
        says: How much a word says, by the form it compares by, and how much two neighbours say, by the last form of the
            left one and the first of the right one.
    """

    products: frozenset[str]
    says: Mapping[str | tuple[str, str], float]


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
    says: dict[str | tuple[str, str], float] = {}
    for entries, weight in ((table["likely"], LIKELY), (table["sure"], SURE)):
        for entry in entries:
            first, *rest = words(entry).forms
            says[(first[-1], rest[0][0]) if rest else first[0]] = weight
    return Signs(frozenset(table["products"]), says)


def _spoken_of(corpus: Corpus, reading: Reading, products: frozenset[str], likely: Floats | None) -> Iterator[Domain]:
    for domain, signs in shipped_signs().items():
        said = _said(reading, signs)
        if likely is not None:
            said += MEANT * float(np.exp(likely[corpus.domains == list(Domain).index(domain)]).sum())
        if said >= SURE or not signs.products.isdisjoint(products):
            yield domain


def _said(reading: Reading, signs: Signs) -> float:
    """What the words say together; each counts once, where it weighs most, and no more than in prose."""
    weights: dict[str | tuple[str, str], float] = {}
    for stretch in reading.stretches:
        weight = min(1.0, stretch.weight)
        for sign in _signs_in(reading.forms[stretch.first : stretch.last], signs):
            weights[sign] = max(weights.get(sign, 0.0), weight)
    said = [(weight, weight * signs.says[sign]) for sign, weight in weights.items()]
    plain = sum(each for weight, each in said if weight >= FAINT)
    return plain + min(FAINTLY, sum(each for weight, each in said if weight < FAINT))


def _signs_in(forms: Sequence[tuple[str, ...]], signs: Signs) -> Iterator[str | tuple[str, str]]:
    last = ""
    for word in forms:
        yield from (form for form in word if form in signs.says)
        if (pair := (last, word[0])) in signs.says:
            yield pair
        last = word[-1]
