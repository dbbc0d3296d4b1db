"""The embedded snapshot as a source."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from knowledge.errors import SourceError
from knowledge.model import Domain, ReleaseContents, Remark
from knowledge.sources.snapshot.attack import CLUSTERS as ATTACK_CLUSTERS
from knowledge.sources.snapshot.attack import read_attack
from knowledge.sources.snapshot.clusters import Cluster, Facts, clusters_folder, read_clusters, read_facts
from knowledge.sources.snapshot.ics import CLUSTERS as ICS_CLUSTERS
from knowledge.sources.snapshot.ics import read_ics
from knowledge.sources.source import Offer, Progress, newest_first, silent

_BY_DOMAIN = {
    Domain.ENTERPRISE: tuple(ATTACK_CLUSTERS),
    Domain.MOBILE: tuple(ATTACK_CLUSTERS),
    Domain.ICS: ICS_CLUSTERS,
}


class SnapshotSource:
    """Enterprise and Mobile 17.1 and ICS of 2020, out of the wheel: no network, read in under a second.

    Args:
        folder: The cluster files; the installed wheel's where None.
    """

    archive = False

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._read: dict[Domain, ReleaseContents] | None = None

    def offers(self) -> tuple[Offer, ...]:
        """The three releases of the snapshot."""
        found = self._releases().values()
        return newest_first(Offer(each.release.domain, each.release.version, "snapshot") for each in found)

    def passed_over(self) -> tuple[Remark, ...]:
        """Nothing: what the clusters hold beyond ATT&CK is counted in the releases themselves."""
        return ()

    def fetch(self, offer: Offer, progress: Progress = silent) -> ReleaseContents:
        """One of the three."""
        contents = self._releases().get(offer.domain) if offer.domain else None
        if contents is None or contents.release.version != offer.version:
            raise SourceError("snapshot", f"it holds no {offer.domain} {offer.version}")
        progress(1, 1, contents.release.label)
        return contents

    def _releases(self) -> dict[Domain, ReleaseContents]:
        if self._read is None:
            facts = read_facts()
            clusters = read_clusters(self._folder or clusters_folder(), (*ATTACK_CLUSTERS, *ICS_CLUSTERS))
            attack = read_attack(clusters, facts)
            releases = (*attack, read_ics(clusters, attack, facts))
            self._read = {each.release.domain: _marked(each, clusters, facts) for each in releases}
        return self._read


def _marked(contents: ReleaseContents, clusters: dict[str, Cluster], facts: Facts) -> ReleaseContents:
    """A wheel newer than the facts may carry a newer ATT&CK, whose number the clusters do not give."""
    names = _BY_DOMAIN[contents.release.domain]
    changed = [name for name in names if clusters[name].version != facts.checked[name]]
    if not changed:
        return contents
    release = contents.release
    remark = Remark("clusters changed since they were checked: retired objects may show as current", 1, changed[0])
    version = f"{release.version}+galaxy{clusters[names[0]].version}"
    return replace(contents, release=replace(release, version=version, remarks=(*release.remarks, remark)))
