"""What else a field is called that rules name after Sysmon, Windows or Sigma's own list of names.

The names stand in ``data/names.toml``, with where they come from. pySigma's pipelines know many of them too, but each
rewrites a rule for one product; an event is pasted from any.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from knowledge.alerts.paths import path_parts


@dataclass(frozen=True, slots=True)
class OtherName:
    """Another product's name for a field.

    Attributes:
        parts: The last parts of the path; several paths where only their values together say the same.
        whole: The path has no further parts.
        bare: It may hold a program's name without its folder, which rules compare with a separator in front.
        prefix: What rules expect before the value: ``MD5=``.
        together: All values under this name are one, with blanks between: the words of a command line.
        joint: What stands between the values of several names.
        says: What rules say for what the product says, in lower case; other values say nothing. Empty where both say
            the same.
    """

    parts: tuple[tuple[str, ...], ...]
    whole: bool = False
    bare: bool = False
    prefix: str = ""
    together: bool = False
    joint: str = "\\"
    says: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A field as one kind of rules names it.

    Attributes:
        parts: The last parts of the path in a record that calls it the same.
        not_behind: Parts that make it another thing when they stand right before it: ``parent``.
        others: Other names, for records that do not.
        separator: Of folders, on the systems the rules are for.
        everywhere: Every field that ends in it counts, and not only those with the fewest parts: Windows has one list
            of names for all of an event, however deep they stand.
        command: The command line that a program's path may stand in where it is only known by its bare name.
    """

    parts: tuple[str, ...]
    not_behind: frozenset[str] = frozenset()
    others: tuple[OtherName, ...] = ()
    separator: str = "\\"
    everywhere: bool = False
    command: Name | None = None


class FieldNames:
    """The names of fields; threads share one.

    Args:
        table: ``data/names.toml``, parsed.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._not_behind = frozenset(table["not_behind"])
        self._command_of: Mapping[str, str] = table["command_of"]
        self._others = {kind: _others(names) for kind, names in table["names"].items()}
        self._known: dict[tuple[str, str, str], Name] = {}

    def name(self, field: str, *, kind: str = "", product: str = "") -> Name:
        """A field of rules.

        Args:
            field: As the rule names it.
            kind: The category of the rule's log source, or the service where it has no category.
            product: Its product.
        """
        key = (field, kind, product)
        known = self._known.get(key)
        if known is None:
            lower = field.lower()
            command = self._command_of.get(field)
            others = (*self._others.get(kind, {}).get(lower, ()), *self._others["any"].get(lower, ()))
            made = Name(
                path_parts(field),
                self._not_behind,
                others,
                separator="\\" if product in ("windows", "") else "/",
                everywhere=product == "windows",
                command=self.name(command, kind=kind, product=product) if command else None,
            )
            known = self._known.setdefault(key, made)
        return known

    @staticmethod
    def read_as(what: str) -> Name:
        """What the reader of a record said of it: its ``product`` or its ``format``."""
        return Name((f"={what}",))


@cache
def field_names() -> FieldNames:
    """The names that the product knows, read once."""
    return FieldNames(tomllib.loads(files(__package__).joinpath("data/names.toml").read_text(encoding="utf-8")))


def _others(names: Mapping[str, list[Any]]) -> dict[str, tuple[OtherName, ...]]:
    return {field.lower(): tuple(_other(each) for each in written) for field, written in names.items()}


def _other(written: str | Mapping[str, Any]) -> OtherName:
    if isinstance(written, str):
        return OtherName((path_parts(written.removeprefix("^")),), whole=written.startswith("^"))
    if "join" in written:
        return OtherName(tuple(path_parts(each) for each in written["join"]), joint=written.get("with", "\\"))
    return OtherName(
        (path_parts(written["name"]),),
        bare=written.get("bare", False),
        prefix=written.get("prefix", ""),
        together=written.get("together", False),
        says=tuple(written.get("says", {}).items()),
    )
