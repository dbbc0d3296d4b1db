"""An operator's TOML file, read so that what is wrong with it is told with its line."""

from __future__ import annotations

import re
import tomllib

from knowledge.errors import LocatedError


def read_toml(raw: bytes, where: str, refusal: type[LocatedError]) -> tuple[str, dict[str, object]]:
    """The text of a file, for finding lines in, and its tables.

    Args:
        raw: The file's contents, UTF-8.
        where: The file's name, for messages.
        refusal: What to raise.

    Raises:
        LocatedError: A `refusal`: it is not UTF-8 or not TOML. A file that ends too early is wrong on its last line.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal(where, f"not UTF-8 text (byte {error.start})") from None
    try:
        return text, tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else len(text.splitlines())
        problem = re.sub(r" \(at .*\)$", "", str(error)).rstrip(".")
        raise refusal(where, f"not valid TOML: {problem}", line) from None
