"""ATT&CK without a network: the MISP galaxy clusters that the pymispgalaxies wheel carries."""

from knowledge.sources.snapshot.snapshot import SnapshotSource

__all__ = ["SnapshotSource"]
