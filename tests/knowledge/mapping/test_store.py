"""An index on disk is the index that was built, or is built anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.catalog import Catalog
from knowledge.mapping import Mapper, open_mapper
from knowledge.mapping.building import build_index
from knowledge.mapping.evidence import shipped_evidence
from knowledge.mapping.index import Index
from knowledge.mapping.store import FILE, fingerprint, load_index, save_index
from knowledge.model import Domain, Release, ReleaseContents
from tests.builders import roles

ALERT = "Shadow Copies Deleted\nvssadmin.exe delete shadows /all /quiet was started by cmd.exe"


@pytest.fixture(scope="module")
def index(catalog: Catalog) -> Index:
    return build_index(catalog, shipped_evidence(catalog))


def test_what_is_loaded_answers_as_what_was_built(catalog: Catalog, index: Index, tmp_path: Path) -> None:
    save_index(tmp_path, index, "made of this")
    loaded = load_index(tmp_path, "made of this")
    assert loaded is not None
    assert Mapper(catalog, loaded, roles()).map(ALERT) == Mapper(catalog, index, roles()).map(ALERT)


def test_a_loaded_index_cannot_be_changed(index: Index, tmp_path: Path) -> None:
    save_index(tmp_path, index, "made of this")
    loaded = load_index(tmp_path, "made of this")
    assert loaded is not None
    with pytest.raises(ValueError, match="read-only"):
        loaded.tables.centroids.values[0] = np.float32(1)


def test_an_index_of_something_else_is_not_loaded(index: Index, tmp_path: Path) -> None:
    save_index(tmp_path, index, "made of this")
    assert load_index(tmp_path, "made of that") is None


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 nothing", None])
def test_a_damaged_index_is_built_anew(catalog: Catalog, index: Index, tmp_path: Path, damage: bytes | None) -> None:
    save_index(tmp_path, index, fingerprint(catalog))
    path = tmp_path / FILE
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + bytes(200) + whole[middle + 200 :] if damage is None else damage)
    assert open_mapper(catalog, roles(), tmp_path).map(ALERT).techniques[0].id == "T1490"
    assert load_index(tmp_path, fingerprint(catalog)) is not None


def test_no_index_is_no_error(tmp_path: Path) -> None:
    assert load_index(tmp_path / "missing", "made of this") is None


def test_the_fingerprint_follows_the_release(catalog: Catalog) -> None:
    other = Catalog([ReleaseContents(release=Release(domain=Domain.ENTERPRISE, version="19.0"))])
    assert fingerprint(catalog) == fingerprint(catalog)
    assert fingerprint(catalog) != fingerprint(other)


def test_a_catalog_that_knows_nothing_answers_nothing(tmp_path: Path) -> None:
    mapping = open_mapper(Catalog([]), roles(), tmp_path).map(ALERT)
    assert mapping.techniques == ()
