"""Where in a paste something stands: in which field, and in which act."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from knowledge.alerts.model import Alert, Field, Role
from knowledge.mapping.choosing import label_of, tells
from knowledge.mapping.elements import elements_of

_NAMES = frozenset(("name", "key"))
_MACHINERY = frozenset((Role.NOISE, Role.ACTION, Role.RULE, Role.TECHNIQUE, Role.HOST, Role.USER))
"""Fields whose addresses and domains are those of products, of whoever was attacked, and of schemas."""


class Places:
    """The fields and units of a paste, by offset.

    A unit is what may be an act of its own: a record, a process that it lists, or a line of prose.

    Args:
        alert: The paste, read.
    """

    def __init__(self, alert: Alert) -> None:
        fields = [each for record in alert.records for each in record.fields if each.path]
        self._fields = sorted(fields, key=lambda each: (each.start, -each.end))
        self._starts = [each.start for each in self._fields]
        prose = [(record.start, record.end) for record in alert.records if record.format == "prose"]
        self._prose = [each for start, end in sorted(prose) for each in (start, end)]
        units = [each.start for record in alert.records for each in elements_of(record) or (record,)]
        for record in alert.records:
            if record.format == "prose":
                at = alert.text.find("\n", record.start, record.end)
                while at >= 0:
                    units.append(at + 1)
                    at = alert.text.find("\n", at + 1, record.end)
        self._units = sorted(units)

    def field(self, start: int) -> Field | None:
        """The field at an offset; of several the one that is named most closely. None where there is none."""
        at = bisect_right(self._starts, start) - 1
        for each in reversed(self._fields[max(0, at - 8) : at + 1]):
            if each.start <= start < each.end:
                return each
        return None

    def names(self, starts: Iterable[int]) -> tuple[str, ...]:
        """The names of the fields at some offsets, each once."""
        found = map(self.field, starts)
        return tuple(dict.fromkeys(label_of(each) for each in found if each and tells(each)))

    def meant(self, field: Field) -> Field:
        """``ForwardTo = a@b.example`` where the record has ``Name = ForwardTo, Value = a@b.example``; else the same."""
        if field.path.rpartition(".")[2].casefold() not in _NAMES:
            return field
        return next((each for each in self._fields if each.path.endswith(f".{field.value}") and field.value), field)

    def said(self, start: int) -> bool:
        """Whether what stands at an offset is said of the event: in prose, or in a field that is no machinery of it."""
        if bisect_right(self._prose, start) % 2:
            return True
        field = self.field(start)
        return field is not None and field.role not in _MACHINERY

    def unit(self, start: int) -> int:
        """The number of the unit at an offset."""
        return bisect_right(self._units, start)
