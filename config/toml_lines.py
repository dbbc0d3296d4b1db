"""Where in a TOML file a key stands: ``tomllib`` forgets lines, and a wrong setting must name its own."""

import re
from collections.abc import Mapping

_TABLE = re.compile(r"^\s*\[\s*(?P<name>[^\[\]]+?)\s*\]\s*(#.*)?$")
_KEY = re.compile(r"""^\s*(?P<name>(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=""")


def key_lines(text: str) -> Mapping[str, int]:
    """Map each dotted key, such as ``attack.keep_releases``, to the line it is set on.

    Tables are listed too, by their own name. Good enough for a settings file: a line inside a multi-line string that
    looks like a key is taken for one, but never replaces an earlier key of the same name.

    Args:
        text: the TOML document.

    Returns:
        Dotted key to line number, counted from 1.
    """
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = _bare(header["name"])
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            name = _bare(key["name"])
            lines.setdefault(f"{table}.{name}" if table else name, number)
    return lines


def _bare(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in name.split("."))
