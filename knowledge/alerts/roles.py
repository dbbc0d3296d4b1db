"""Which product wrote a record, and what part each of its fields plays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.alerts.conditions import Condition, RecordText
from knowledge.alerts.model import Field, Record, Role
from knowledge.alerts.paths import Hit, RolePatterns, last_words, path_parts
from knowledge.alerts.values import is_empty, is_everyone, is_plain, role_of_value

_REMEMBERED = 20_000
"""Paths whose role is kept; then all are forgotten. All products together write fewer; a hostile paste may not."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product whose records are known.

    Attributes:
        key: Such as ``aws_cloudtrail``.
        name: As a person reads it: ``AWS CloudTrail``.
        has: What it is recognised by: alternatives, in each of which all conditions have to hold.
        patterns: Patterns of paths that mean something of their own in its records, each with its role.
    """

    key: str
    name: str = ""
    has: tuple[tuple[Condition, ...], ...] = ()
    patterns: tuple[tuple[str, Role], ...] = ()

    def merged(self, own: Product) -> Product:
        """This one with an operator's additions before it, under the operator's name where there is one."""
        return replace(
            self, name=own.name or self.name, has=(*own.has, *self.has), patterns=(*own.patterns, *self.patterns)
        )


class Roles:
    """The roles of fields, by product, by path and by the look of a value.

    Args:
        patterns: Patterns of paths that hold for every product, each with its role.
        endings: What the last words of a name say where no pattern matches it: ``accountUpn`` is a user, for ``upn``.
        products: Each under a key of its own.
    """

    def __init__(
        self,
        patterns: Iterable[tuple[str, Role]] = (),
        endings: Mapping[str, Role] | None = None,
        products: Iterable[Product] = (),
    ) -> None:
        self._general = RolePatterns(patterns)
        self._endings = dict(endings or {})
        self._products = {product.key: product for product in products}
        self._own = {key: RolePatterns(product.patterns) for key, product in self._products.items()}
        alternatives = [(product, conditions) for product in self._products.values() for conditions in product.has]
        self._alternatives = sorted(alternatives, key=lambda each: -len(each[1]))
        self._by_key = _by_needed_key([conditions for _, conditions in self._alternatives])
        self._known: dict[tuple[str, str], tuple[Role | None, bool]] = {}

    @property
    def products(self) -> tuple[Product, ...]:
        """Every product, in the order of the file."""
        return tuple(self._products.values())

    def merged(self, own: Roles) -> Roles:
        """These with an operator's own before them: of two patterns that match equally well the operator's wins."""
        products = dict(own._products)
        for key, product in self._products.items():
            products[key] = product.merged(own._products[key]) if key in own._products else product
        return Roles(
            (*own._general.patterns, *self._general.patterns), {**self._endings, **own._endings}, products.values()
        )

    def product(self, record_format: str, fields: Sequence[Field]) -> tuple[str, str]:
        """The product that wrote a record: of those whose conditions all hold, the one with the most conditions.

        Args:
            record_format: The reader that understood the record, such as ``json``; conditions know it as ``format``.
            fields: What it read.

        Returns:
            The product's key and its name, both empty when no product is recognised.
        """
        text = RecordText(Record(format=record_format, fields=tuple(fields), start=0, end=0))
        possible = {number for key in text.there | {""} for number in self._by_key.get(key, ())}
        for product, conditions in map(self._alternatives.__getitem__, sorted(possible)):
            if all(condition.holding(text) is not None for condition in conditions):
                return product.key, product.name or product.key
        return "", ""

    def role(self, product: str, path: str, value: str) -> Role:
        """What part a field plays.

        A product's own patterns are asked first, then those for every product, then the last words of the name. What
        no name decides is decided by the look of the value, see `role_of_value`. In four cases the value overrules the
        name: an empty value is noise; a detail or a target that is nothing but an id, a time, a size, an address or a
        key is that; a process with switches is a command line; a network that means everybody is a detail.

        Args:
            product: The product's key; empty when unknown.
            path: The field's path; empty for text that belongs to no field.
            value: The field's value.
        """
        if is_empty(value):
            return Role.NOISE
        if not path:
            return Role.MESSAGE
        role, by_pattern = self._of_path(product, path)
        if role is None:
            return role_of_value(value)
        if role in (Role.DETAIL, Role.TARGET):
            by_look = role_of_value(value)
            return by_look if by_look in (Role.NOISE, Role.ADDRESS, Role.SECRET) else role
        if role is Role.ADDRESS and is_everyone(value):
            return Role.DETAIL
        if role is Role.PROCESS and role_of_value(value) is Role.COMMAND:
            return Role.COMMAND
        if by_pattern:
            return role
        if role is Role.SECRET and is_plain(value):
            return Role.DETAIL
        by_look = role_of_value(value)
        return by_look if by_look in (Role.TECHNIQUE, Role.COMMAND) else role

    def _of_path(self, product: str, path: str) -> tuple[Role | None, bool]:
        """The role that a path has whatever the value, and whether a pattern says so."""
        key = (product, path)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[key] = self._look_up(product, path)
        return known

    def _look_up(self, product: str, path: str) -> tuple[Role | None, bool]:
        parts = path_parts(path)
        own = self._own[product].find(parts) if product in self._own else None
        hit = _better(own, self._general.find(parts))
        if hit:
            return hit.role, True
        return next((self._endings[words] for words in last_words(path) if words in self._endings), None), False


def _by_needed_key(alternatives: Sequence[tuple[Condition, ...]]) -> dict[str, list[int]]:
    """The numbers of alternatives, each under the rarest keys of which a record has to have one; else under ``""``."""
    common = Counter(key for conditions in alternatives for condition in conditions for key in condition.needs)
    found: dict[str, list[int]] = {}
    for number, conditions in enumerate(alternatives):
        choices = [condition.needs for condition in conditions if condition.needs]
        for key in min(choices, key=lambda keys: sum(common[key] for key in keys), default=("",)):
            found.setdefault(key, []).append(number)
    return found


def _better(own: Hit | None, general: Hit | None) -> Hit | None:
    """A product's own pattern wins, but no ``*`` or ``**`` of it uncovers what is a secret everywhere."""
    if own and not own.exact and general and general.exact and general.role is Role.SECRET:
        return general
    return own or general
