"""What could not be used, counted by why, with the first example of each."""

from __future__ import annotations

from collections import Counter

from knowledge.model import Remark

_LONGEST = 200
"""Characters kept of an example, which is a stranger's."""


class Remarks:
    """A tally that becomes `Remark`s."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, str] = {}

    def add(self, what: str, example: str) -> None:
        """Count one more.

        Args:
            what: Why it is not used, in the plural: ``objects without an id or a type``.
            example: What to find it by; kept where it is the first.
        """
        self._counts[what] += 1
        self._examples.setdefault(what, " ".join(example[: 2 * _LONGEST].split())[:_LONGEST])

    def add_all(self, other: Remarks) -> None:
        """Count everything another tally has counted."""
        self._counts.update(other._counts)
        self._examples = other._examples | self._examples

    def all(self) -> tuple[Remark, ...]:
        """One remark a reason, the most frequent first."""
        return tuple(Remark(what, count, self._examples[what]) for what, count in self._counts.most_common())
