"""Names broken into lines that fit a cell."""

from __future__ import annotations

import re

from knowledge.exports.heatmap.pen import width_of


def fit(
    name: str, *, sizes: tuple[float, ...], lines: int, width: float, corner: float = 0
) -> tuple[float, tuple[str, ...]]:
    """The largest size at which a name fits, and its lines; cut with an ellipsis where it fits at none.

    Args:
        name: What to break.
        sizes: To try, the largest first.
        lines: How many there is room for.
        width: In pixels.
        corner: Taken from the end of the last line by what stands in the corner; a single line stands above it.
    """
    for size in sizes:
        for number in range(1, lines + 1):
            if broken := _break(name, size, number, width, corner if number > 1 else 0):
                return size, broken
    for length in range(len(name) - 1, 0, -1):
        for number in range(1, lines + 1):
            cut = name[:length].rstrip() + "…"
            if broken := _break(cut, sizes[-1], number, width, corner if number > 1 else 0):
                return sizes[-1], broken
    return sizes[-1], ("…",)


def _break(name: str, size: float, lines: int, width: float, corner: float) -> tuple[str, ...] | None:
    """Into exactly so many lines, after spaces, slashes and hyphens; None where that cannot be."""
    parts = re.findall(r"[^\s/-]+[/-]*\s*|[/-]+\s*", name)
    broken = [""]
    for part in parts:
        if broken[-1] and width_of((broken[-1] + part).rstrip(), size) > width:
            broken.append("")
        broken[-1] += part
    if len(broken) == lines - 1 and len(parts) >= lines:  # the last word moves down, away from the corner
        before, last = broken[-1][: -len(parts[-1])], parts[-1]
        broken[-1:] = [before, last] if before else [last]
    if len(broken) != lines or width_of(broken[-1].rstrip(), size) > width - corner:
        return None
    if any(width_of(line.rstrip(), size) > width for line in broken):
        return None
    return tuple(line.rstrip() for line in broken)
