"""A STIX bundle becomes a release's contents; the only room that knows STIX."""

from knowledge.stix.bundle import read_bundle

__all__ = ["read_bundle"]
