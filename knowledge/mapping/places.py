"""Where in a paste something stands: in which field, and in which act."""

from __future__ import annotations

from bisect import bisect_right

from knowledge.alerts.model import Alert
from knowledge.mapping.reading import name_of


class Places:
    """The fields and units of a paste, by offset.

    A unit is what may be an act of its own: a record, or a line of prose.

    Args:
        alert: The paste, read.
    """

    def __init__(self, alert: Alert) -> None:
        fields = [each for record in alert.records for each in record.fields if each.path]
        self._fields = sorted(fields, key=lambda each: (each.start, -each.end))
        self._starts = [each.start for each in self._fields]
        units = [record.start for record in alert.records]
        for record in alert.records:
            if record.format == "prose":
                at = alert.text.find("\n", record.start, record.end)
                while at >= 0:
                    units.append(at + 1)
                    at = alert.text.find("\n", at + 1, record.end)
        self._units = sorted(units)

    def field(self, start: int) -> str:
        """The name of the field at an offset; empty where there is none."""
        at = bisect_right(self._starts, start) - 1
        for each in reversed(self._fields[max(0, at - 8) : at + 1]):
            if each.start <= start < each.end:
                return name_of(each)
        return ""

    def unit(self, start: int) -> int:
        """The number of the unit at an offset."""
        return bisect_right(self._units, start)
