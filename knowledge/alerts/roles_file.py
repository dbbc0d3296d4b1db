"""A file of alert fields, read: the shipped one or an operator's own."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from knowledge.alerts.conditions import Condition, parse_condition
from knowledge.alerts.model import Role
from knowledge.alerts.paths import pattern_parts
from knowledge.alerts.roles import Product, Roles
from knowledge.errors import LocatedError
from knowledge.toml_file import read_toml

_TABLES = ("roles", "endings", "products")
_ROLES = tuple(str(role) for role in Role)
_KEY = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
_ENDING = re.compile(r"[a-z0-9]+")


class RolesError(LocatedError, ValueError):
    """A file of alert fields that cannot be used."""


class _File:
    """The file being read: where a problem is told."""

    def __init__(self, where: str, text: str) -> None:
        self.where = where
        self._lines = text.splitlines()

    def error(self, problem: str, table: str, key: str = "") -> RolesError:
        """What to raise for a key of a table, with the line it stands on."""
        header = self._line(rf"\s*\[\s*[\"']?{_spelling(table)}[\"']?\s*\]", 0)
        inside = self._line(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", header) if key else 0
        return RolesError(self.where, problem, inside or header)

    def _line(self, pattern: str, after: int) -> int:
        """The first line behind another that a pattern matches; 0 where an unusual spelling hides it."""
        matches = re.compile(pattern).match
        return next((number for number, line in enumerate(self._lines, 1) if number > after and matches(line)), 0)


def read_roles(raw: bytes, where: str) -> Roles:
    """Read a TOML file of alert fields; what its tables and keys mean stands at the top of the shipped one.

    Args:
        raw: The file's contents, UTF-8.
        where: The file's name, for messages.

    Raises:
        RolesError: It is not TOML, it has a table, a role or a key that is unknown, a value that is no list of texts, a
            condition that cannot be read, or a path in two roles of one table.
    """
    text, tree = read_toml(raw, where, RolesError)
    file = _File(where, text)
    for name, table in tree.items():
        _known(file, name, _TABLES, "table", name)
        _table(file, name, table)
    endings = _patterns(file, "endings", _table(file, "endings", tree.get("endings", {})), endings=True)
    products = _table(file, "products", tree.get("products", {}))
    return Roles(
        _patterns(file, "roles", _table(file, "roles", tree.get("roles", {}))),
        dict(endings),
        tuple(_product(file, key, table) for key, table in products.items()),
    )


def _product(file: _File, key: str, value: object) -> Product:
    name = f"products.{key}"
    table = _table(file, name, value, "products", key)
    if not _KEY.fullmatch(key):
        raise file.error(f'the product "{key}" must be called in small letters, digits and single underscores', name)
    called = table.get("name", "")
    if not isinstance(called, str):
        raise file.error(f"{name}: name must be a text", name, "name")
    roles = {each: paths for each, paths in table.items() if each not in ("name", "has")}
    return Product(
        key, called.strip(), _has(file, name, table.get("has", [])), _patterns(file, name, roles, ("name", "has"))
    )


def _patterns(
    file: _File, name: str, table: Mapping[str, object], beside: tuple[str, ...] = (), *, endings: bool = False
) -> tuple[tuple[str, Role], ...]:
    """The patterns of a table, or its endings, each with its role."""
    found: dict[tuple[str, ...], tuple[str, Role]] = {}
    for role, value in table.items():
        _known(file, role, (*_ROLES, *beside), "role", name)
        for pattern in _texts(file, name, role, value):
            parts = pattern_parts(pattern)
            if not parts or (endings and not _ENDING.fullmatch(pattern)):
                kind = "an ending in small letters" if endings else 'a path such as "process.command_line"'
                raise file.error(f'{name}: "{pattern}" in {role} must be {kind}', name, role)
            if parts in found:
                raise file.error(f'{name}: "{pattern}" stands in both {found[parts][1]} and {role}', name, role)
            found[parts] = (pattern, Role(role))
    return tuple(found.values())


def _has(file: _File, name: str, value: object) -> tuple[tuple[Condition, ...], ...]:
    if not isinstance(value, list):
        raise file.error(f"{name}: has must be a list of conditions, or a list of such lists", name, "has")
    alternatives = value if value and all(isinstance(each, list) for each in value) else [value] if value else []
    conditions = (_texts(file, name, "has", each) for each in alternatives)
    return tuple(tuple(_condition(file, name, text) for text in each) for each in conditions if each)


def _condition(file: _File, name: str, text: str) -> Condition:
    try:
        return parse_condition(text, {})
    except ValueError as error:
        raise file.error(f"{name}: {error}", name, "has") from None


def _texts(file: _File, name: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise file.error(f"{name}: {key} must be a list of texts", name, key)
    return tuple(value)


def _table(file: _File, name: str, value: object, outer: str = "", key: str = "") -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise file.error(f"{name} must be a table: [{name}] on a line of its own", outer or name, key)
    return value


def _known(file: _File, key: str, known: Iterable[str], kind: str, table: str) -> None:
    names = tuple(known)
    if key not in names:
        close = difflib.get_close_matches(key, names, 1)
        hint = f"did you mean {close[0]}" if close else f"there are {', '.join(names)}"
        where = "" if kind == "table" else f"{table}: "
        raise file.error(f"{where}unknown {kind} {key}; {hint}", table, "" if kind == "table" else key)


def _spelling(table: str) -> str:
    """A table's name as it may be written: ``products.okta``, ``products . "okta"``."""
    return r"[\"']?\s*\.\s*[\"']?".join(re.escape(part) for part in table.split("."))
