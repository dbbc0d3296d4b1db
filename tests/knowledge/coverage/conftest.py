from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.model import Domain, ReleaseContents


@pytest.fixture(scope="session")
def releases(release_contents: Callable[[Domain, str], ReleaseContents]) -> list[ReleaseContents]:
    """What the data components of the shipped log sources come from."""
    wanted = [(domain, "18.1") for domain in Domain] + [(Domain.ENTERPRISE, "17.1")]
    return [release_contents(domain, version) for domain, version in wanted]
