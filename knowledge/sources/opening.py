"""From what an operator writes to the source it means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.sources.source import Source

if TYPE_CHECKING:
    from knowledge.sources.answers import Answers
    from knowledge.sources.web import Bounds


def open_source(
    spec: str,
    *,
    index_url: str = "",
    bounds: Bounds | None = None,
    answers: Answers | None = None,
) -> Source:
    """The source that `spec` names; nothing is read yet.

    Args:
        spec: ``snapshot``, ``mitre``, ``taxii``, the address of an ``index.json``, the address of a TAXII 2.1 server
            with ``taxii+`` before it, or the path of a bundle or a folder. A file that is really called ``mitre`` is
            ``./mitre``.
        index_url: The index that ``mitre`` means; MITRE's public one where empty.
        bounds: What one download, and one unpacked file, may cost.
        answers: Remembers indexes between runs.
    """
    # Each source brings libraries of its own; a look-up from the stored release needs none of them.
    if spec == "snapshot":
        from knowledge.sources.snapshot import SnapshotSource

        return SnapshotSource()
    if spec == "taxii" or spec.startswith("taxii+"):
        from knowledge.sources.taxii import MITRE_TAXII, TaxiiSource

        return TaxiiSource(spec.removeprefix("taxii+") if spec != "taxii" else MITRE_TAXII, bounds=bounds)
    if spec == "mitre" or "://" in spec:
        from knowledge.sources.mitre import MITRE_INDEX, IndexSource

        url = (index_url or MITRE_INDEX) if spec == "mitre" else spec
        return IndexSource(url, bounds=bounds, answers=answers)
    from knowledge.sources.path import PathSource
    from knowledge.sources.unpack import MAX_BYTES

    return PathSource(Path(spec).expanduser(), limit=bounds.size if bounds else MAX_BYTES)
