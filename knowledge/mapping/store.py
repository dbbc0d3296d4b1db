"""An index on disk: one uncompressed ``.npz`` of plain arrays, and a header that says what it was made of.

Nothing is unpickled. A file that is damaged, or made of other releases, other evidence or by another version of this
code, is not loaded; the caller builds it anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.catalog import Catalog
from knowledge.mapping.index import Corpus, Index, Postings, Tables

logger = logging.getLogger(__name__)

FORMAT = 2
"""Raised whenever the arrays, or how text becomes words, change."""

FILE = "mapping-index.npz"


def fingerprint(catalog: Catalog) -> str:
    """What an index of this catalog is made of: releases, code, lexicon, everyday lines, Sigma rules; one digest."""
    from importlib.resources import files

    digest = hashlib.sha256(f"{FORMAT}".encode())
    for release in catalog.releases:
        digest.update(f"{release.domain}|{release.version}|{release.digest}|{release.snapshot}|".encode())
    digest.update(f"{len(catalog.objects(retired=True))}".encode())
    package = files("knowledge.mapping")
    for name in (
        "data/lexicon.toml",
        "data/benign.txt",
        "data/written.jsonl.xz",
        "data/everyday.jsonl.xz",
        "words.py",
        "building.py",
        "lexicon.py",
        "evidence.py",
        "index.py",
        "mentions.py",
    ):
        digest.update(package.joinpath(name).read_bytes())
    sigma = files("pymispgalaxies").joinpath("data/misp-galaxy/clusters/sigma-rules.json")
    digest.update(hashlib.sha256(sigma.read_bytes()).digest())
    return digest.hexdigest()


def save_index(folder: Path, index: Index, made_of: str) -> None:
    """Write an index whole, or leave what was there.

    Args:
        folder: Made when missing.
        index: What to write.
        made_of: Its `fingerprint`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {}
    _put(arrays, "corpus", index.corpus)
    _put(arrays, "tables", index.tables)
    arrays["made_of"] = _text([made_of])
    partial = folder / f".{FILE}.{os.getpid()}"
    try:
        with partial.open("wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(folder / FILE)
    finally:
        partial.unlink(missing_ok=True)


def load_index(folder: Path, made_of: str) -> Index | None:
    """The index in a folder, or nothing when there is none of this making or it is damaged."""
    path = folder / FILE
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            if _lines(arrays["made_of"]) != [made_of]:
                return None
            return Index(_get(arrays, "corpus", Corpus), _get(arrays, "tables", Tables))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, json.JSONDecodeError) as error:
        logger.warning("%s is damaged and will be built anew: %s", path, error)
        return None


def _put(arrays: dict[str, Any], prefix: str, value: Corpus | Tables) -> None:
    for field in fields(value):
        item, name = getattr(value, field.name), f"{prefix}.{field.name}"
        if isinstance(item, Postings):
            arrays |= {f"{name}.starts": item.starts, f"{name}.columns": item.columns, f"{name}.values": item.values}
            arrays[f"{name}.width"] = np.array([item.width], np.int64)
        elif isinstance(item, np.ndarray):
            arrays[name] = item
        else:
            arrays[name] = _text(item)


def _get(arrays: Any, prefix: str, kind: type[Any]) -> Any:
    values: dict[str, Any] = {}
    for field in fields(kind):
        name = f"{prefix}.{field.name}"
        if field.type == "Postings":
            starts, columns, entries = (
                _read_only(arrays[f"{name}.{part}"]) for part in ("starts", "columns", "values")
            )
            values[field.name] = Postings(starts, columns, entries, int(arrays[f"{name}.width"][0]))
        elif field.name == "rows":
            values[field.name] = {term: at for at, term in enumerate(_lines(arrays[name]))}
        elif str(field.type).startswith("tuple"):
            values[field.name] = tuple(_lines(arrays[name]))
        else:
            values[field.name] = _read_only(arrays[name])
    return kind(**values)


def _read_only(array: Any) -> Any:
    array.setflags(write=False)
    return array


def _text(lines: Iterable[str]) -> Any:
    """Strings as UTF-8 bytes, NUL between them."""
    return np.frombuffer("\0".join(line.replace("\0", " ") for line in lines).encode("utf-8"), np.uint8)


def _lines(array: Any) -> list[str]:
    text = array.tobytes().decode("utf-8")
    return text.split("\0") if text else []
