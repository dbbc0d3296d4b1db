"""A STIX bundle becomes a release's contents; the only room that knows STIX."""

from knowledge.stix.bundle import read_bundle
from knowledge.stix.peek import BundlePeek, peek_bundle

__all__ = ["BundlePeek", "peek_bundle", "read_bundle"]
