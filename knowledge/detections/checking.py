"""The ids detections name, checked against the loaded releases; none is changed and none is lost."""

from __future__ import annotations

from dataclasses import replace

from knowledge.catalog import Catalog
from knowledge.detections.model import Detection, RetiredId, UnknownId
from knowledge.model import Technique

_STIX = "attack-pattern--"


class IdCheck:
    """Counts the ids that a catalog does not know or knows as retired, detection by detection."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._unknown: dict[str, UnknownId] = {}
        self._retired: dict[str, RetiredId] = {}

    def checked(self, detection: Detection) -> Detection:
        """The detection, with the ATT&CK ids of techniques it names by their STIX ids."""
        referred = [each for each in detection.written_ids if each.startswith(_STIX)]
        if referred:
            detection = replace(detection, ids=tuple(dict.fromkeys((*detection.ids, *map(self._attack_id, referred)))))
        for attack_id in detection.ids:
            self._count(attack_id, detection.path)
        return detection

    def unknown(self) -> tuple[UnknownId, ...]:
        """The ids no loaded release knows, by id."""
        return tuple(sorted(self._unknown.values(), key=lambda each: each.id))

    def retired(self) -> tuple[RetiredId, ...]:
        """The ids that are retired, by id."""
        return tuple(sorted(self._retired.values(), key=lambda each: each.id))

    def _attack_id(self, stix_id: str) -> str:
        known = self._catalog.by_stix_id(stix_id)
        return known.id if known else stix_id

    def _count(self, attack_id: str, path: str) -> None:
        known = self._catalog.get(attack_id)
        if not isinstance(known, Technique):  # a mitigation of old bears a technique's id
            before = self._unknown.get(attack_id, UnknownId(attack_id, 0, path))
            self._unknown[attack_id] = replace(before, count=before.count + 1)
        elif known.retired or known.id != attack_id:
            earlier = self._retired.get(attack_id) or RetiredId(attack_id, self._successor(attack_id), 0, path)
            self._retired[attack_id] = replace(earlier, count=earlier.count + 1)

    def _successor(self, attack_id: str) -> str:
        found = self._catalog.find(attack_id)
        return "" if found is None or found.object.retired else found.object.id
