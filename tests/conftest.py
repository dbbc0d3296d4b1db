"""Fixtures that any test may ask for."""

from __future__ import annotations

import lzma
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from knowledge.model import Domain, ReleaseContents
from knowledge.stix import read_bundle

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of real releases and detections beside the checkout, or at ``ATTACKBOT_SHARED``."""
    folder = Path(os.environ.get("ATTACKBOT_SHARED") or REPOSITORY.parent / "shared")
    if not (folder / "attack" / "index.json").is_file():
        missing = f"needs the shared ATT&CK releases: neither ATTACKBOT_SHARED nor {folder} holds attack/index.json"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{missing}; in CI nothing that needs them may skip")
        pytest.skip(missing)
    return folder


@pytest.fixture(scope="session")
def bundle_text(shared_dir: Path) -> Callable[[Domain, str], bytes]:
    """A real bundle's JSON by domain and version."""

    @cache
    def text(domain: Domain, version: str) -> bytes:
        return lzma.decompress((shared_dir / "attack" / f"{domain}-attack-{version}.json.xz").read_bytes())

    return text


@pytest.fixture(scope="session")
def release_contents(bundle_text: Callable[[Domain, str], bytes]) -> Callable[[Domain, str], ReleaseContents]:
    """A real release by domain and version, read once a session: enterprise takes some ten seconds."""

    @cache
    def contents(domain: Domain, version: str) -> ReleaseContents:
        return read_bundle(bundle_text(domain, version), f"{domain}-attack-{version}.json.xz")

    return contents
