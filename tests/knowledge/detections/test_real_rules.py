"""Real rule sets: nothing lost, and the ids those that a plain search of the text finds."""

from __future__ import annotations

import json
import re
import tarfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.catalog import Catalog
from knowledge.detections import Detection, DetectionKind, ImportReport, read_detections
from knowledge.model import Domain, ReleaseContents

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def real(
    shared_dir: Path, release_contents: Callable[[Domain, str], ReleaseContents]
) -> Callable[[str], tuple[ImportReport, tuple[Detection, ...]]]:
    catalog = Catalog([release_contents(Domain.ENTERPRISE, "18.1")])
    return lambda name: read_detections(shared_dir / "detections" / name, catalog)


def ids_of(detections: tuple[Detection, ...]) -> Counter[str]:
    return Counter(attack_id for each in detections for attack_id in each.ids)


def tar_texts(path: Path) -> list[str]:
    with tarfile.open(path) as archive:
        files = [member for member in archive if member.name.endswith(".yml")]
        return [opened.read().decode() for member in files if (opened := archive.extractfile(member))]


def test_sigma(shared_dir: Path, real: Callable[[str], tuple[ImportReport, tuple[Detection, ...]]]) -> None:
    texts = tar_texts(shared_dir / "detections" / "sigma-rules.tar.xz")
    lines = [set(re.findall(r"^\s*-\s+attack\.(t\d{4}(?:\.\d{3})?)\s*(?:#.*)?$", text, re.MULTILINE)) for text in texts]
    expected = Counter(tag.upper() for found in lines for tag in found)

    report, detections = real("sigma-rules.tar.xz")

    assert ids_of(detections) == expected
    assert (report.read, report.rejected) == (len(texts), ())
    assert report.imported == sum(1 for found in lines if found)
    assert "T1685" in {each.id for each in report.unknown_ids}
    assert {each.id: each.count for each in report.unknown_ids}["T1685"] == expected["T1685"]


def test_splunk(shared_dir: Path, real: Callable[[str], tuple[ImportReport, tuple[Detection, ...]]]) -> None:
    texts = tar_texts(shared_dir / "detections" / "splunk-detections.tar.xz")
    blocks = [re.search(r"mitre_attack_id:((?:\s+- T[\d.]+)+)", text) for text in texts]
    expected = Counter(attack_id for block in blocks if block for attack_id in set(re.findall(r"T[\d.]+", block[1])))

    report, detections = real("splunk-detections.tar.xz")

    assert ids_of(detections) == expected
    assert (report.read, report.rejected) == (len(texts), ())


def test_elastic(shared_dir: Path, real: Callable[[str], tuple[ImportReport, tuple[Detection, ...]]]) -> None:
    texts = [path.read_text() for path in (shared_dir / "detections" / "elastic-rules").glob("*.toml")]
    expected = Counter(found for text in texts for found in set(re.findall(r'^id = "(T[\d.]+)"', text, re.MULTILINE)))

    report, detections = real("elastic-rules")

    assert ids_of(detections) == expected
    assert (report.read, report.imported) == (len(texts), len(texts))


def test_dettect(shared_dir: Path, real: Callable[[str], tuple[ImportReport, tuple[Detection, ...]]]) -> None:
    folder = shared_dir / "detections" / "dettect"
    text = (folder / "techniques-administration-endpoints.yaml").read_text()
    expected = Counter(re.findall(r"^- technique_id: (T[\d.]+)", text, re.MULTILINE))
    groups = Counter(re.findall(r"^ +- (T[\d.]+)", (folder / "groups.yaml").read_text(), re.MULTILINE))
    sources = re.findall(r"^ +- data_source_name:", (folder / "data-sources-endpoints.yaml").read_text(), re.MULTILINE)

    report, detections = real("dettect")
    of_kind = {kind: tuple(each for each in detections if each.kind is kind) for kind in DetectionKind}

    assert ids_of(of_kind[DetectionKind.SCORE]) == expected
    assert ids_of(of_kind[DetectionKind.ADVERSARY]) == groups
    assert len(of_kind[DetectionKind.COLLECTED]) == len(sources)
    assert report.read == sum(expected.values()) + 2 + len(sources)
    assert report.rejected == ()


def test_navigator(shared_dir: Path, real: Callable[[str], tuple[ImportReport, tuple[Detection, ...]]]) -> None:
    layer = json.loads((shared_dir / "detections" / "navigator-layer.json").read_text(encoding="utf-16"))
    expected = Counter(each["techniqueID"] for each in layer["techniques"])

    report, detections = real("navigator-layer.json")

    assert ids_of(detections) == expected
    assert report.imported == len(expected)
    assert all(each.covers for each in detections)
