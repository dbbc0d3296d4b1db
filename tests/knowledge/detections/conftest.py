"""A small catalog, made-up rules, and a short way to import them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from knowledge.catalog import Catalog
from knowledge.detections import Detection, ImportReport, read_detections
from tests.builders import small_release

SAMPLES = Path(__file__).parent / "samples"

RULE = """\
title: Somebody Runs It
id: 5f0d3a0e-1111-4222-8333-944455556666
logsource:
  product: windows
detection:
  selection:
    Image: acmeshell.exe
  condition: selection
tags:
  - attack.t1059
"""

Import: TypeAlias = "Callable[..., tuple[ImportReport, tuple[Detection, ...]]]"


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return Catalog([small_release()])


@pytest.fixture(scope="session")
def imported(catalog: Catalog) -> Import:
    """Import a path, or a sample by its name."""

    def read(path: Path | str, **options: str) -> tuple[ImportReport, tuple[Detection, ...]]:
        return read_detections(SAMPLES / path, catalog, **options)

    return read


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file into a folder of its own."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
