"""The tree that `knowledge.errors` draws is the tree there is."""

from __future__ import annotations

import ast
import builtins
import re
from importlib import import_module
from pathlib import Path

import knowledge
from knowledge import errors

_DRAWN = re.compile(r"^ {4}(?P<branches>[│├└─ ]*)(?P<path>(?:\w+\.)*)(?P<name>\w+Error)\b(?: \((?P<builtin>\w+)\))?")
_ROOTS = ("KnowledgeError", "LocatedError")


def drawn() -> dict[str, tuple[type[Exception], set[str]]]:
    """Each class of the drawing by name, and the names of the bases it is drawn with."""
    found: dict[str, tuple[type[Exception], set[str]]] = {}
    above: list[str] = []
    for match in filter(None, map(_DRAWN.match, (errors.__doc__ or "").splitlines())):
        depth = len(match["branches"]) // 4
        del above[depth:]
        module = import_module(match["path"].rstrip(".") or "knowledge.errors")
        found[match["name"]] = getattr(module, match["name"]), {*above[-1:], *filter(None, [match["builtin"]])}
        above.append(match["name"])
    return found


def test_each_class_has_the_bases_it_is_drawn_with() -> None:
    tree = drawn()

    assert {name: {base.__name__ for base in each.__bases__} for name, (each, _) in tree.items()} == {
        name: bases or {"Exception"} for name, (_, bases) in tree.items()
    }
    assert all(hasattr(builtins, base) or base in tree for _, bases in tree.values() for base in bases)


def test_each_class_of_the_tree_is_drawn() -> None:
    folder = Path(knowledge.__file__).parent
    written = {
        node.name
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id in _ROOTS for base in node.bases)
    }

    assert written <= drawn().keys()


def test_what_is_wrong_with_a_file_says_where_in_one_form() -> None:
    located = [each for each, bases in drawn().values() if "LocatedError" in bases]

    assert {str(each("own.toml", "not a list", 3)) for each in located} == {"own.toml, line 3: not a list."}
    assert {(error.where, error.problem, error.line) for error in (each("a", "b") for each in located)} == {
        ("a", "b", 0)
    }
