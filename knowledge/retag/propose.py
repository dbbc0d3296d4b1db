"""The files below a path, each as it would be with today's ids."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from knowledge.detections import elastic as elastic_format
from knowledge.detections import sigma as sigma_format
from knowledge.detections import splunk as splunk_format
from knowledge.detections.decode import LARGEST, decoded, readings, shape_by_name
from knowledge.detections.errors import DetectionsError
from knowledge.detections.found import File
from knowledge.detections.model import Rejected
from knowledge.detections.reader import Format, Shape
from knowledge.detections.walk import walk
from knowledge.retag import elastic, sigma, splunk
from knowledge.retag.model import Edited, Proposal, Proposals, Refused, RetagError
from knowledge.retag.plan import Plan

_EDITORS: tuple[tuple[Format, Shape, Callable[[str, str, Plan], Edited]], ...] = (
    (sigma_format.FORMAT, Shape.YAML, sigma.edited),
    (splunk_format.FORMAT, Shape.YAML, splunk.edited),
    (elastic_format.FORMAT, Shape.TOML, elastic.edited),
)
_SHAPES = frozenset(shape for _, shape, _ in _EDITORS)
_ID = re.compile(r"(?<![A-Za-z0-9])[TGS]\d{4}(?:\.\d{3})?(?!\d)", re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def propose(root: Path, plan: Plan) -> Proposals:
    """What to change in the Sigma, Splunk and Elastic files below a folder, or in one file. Nothing is written.

    Links are not followed; files of other formats, archives and hidden files are passed over.

    Args:
        root: The folder or the file.
        plan: Successors and tactics.

    Raises:
        DetectionsError: There is nothing there, or it cannot be read.
    """
    proposals: list[Proposal] = []
    refused: list[Refused] = []
    looked_at = 0
    for path, read in _files(root):
        try:
            data = read()
            found = _proposal(data, path, plan)
        except (RetagError, DetectionsError) as error:
            refused.append(Refused(path, getattr(error, "reason", "") or getattr(error, "problem", "")))
            continue
        except OSError as error:
            refused.append(Refused(path, f"cannot be read ({error.strerror or type(error).__name__})"))
            continue
        looked_at += 1
        if found is not None:
            proposals.append(found)
    return Proposals(root=root, proposals=tuple(proposals), refused=tuple(refused), looked_at=looked_at)


def _files(root: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    for each in walk(root):
        if isinstance(each, File) and shape_by_name(each.path) in _SHAPES:
            yield each.path, lambda file=each: file.read(LARGEST)  # type: ignore[misc]
        elif isinstance(each, Rejected) and shape_by_name(each.path) in _SHAPES:
            yield each.path, _refusal(each)


def _refusal(each: Rejected) -> Callable[[], bytes]:
    def refuse() -> bytes:
        raise RetagError(each.path, each.reason)

    return refuse


def _proposal(data: bytes, path: str, plan: Plan) -> Proposal | None:
    mark, encoding = next(((m, name) for m, name in _MARKS if data.startswith(m)), (b"", "utf-8"))
    if not any(plan.concerns(each.upper()) for each in _candidates(data, path)):
        return None
    text = data[len(mark) :].decode(encoding)
    for document in readings(data, path):
        for reader, shape, edit in _EDITORS:
            if document.shape is shape and reader.recognises(document):
                done = edit(text, path, plan)
                if not done.what:
                    return None
                after = mark + done.text.encode(encoding)
                return Proposal(
                    path=path, format=reader.name, before=data, after=after, encoding=encoding, what=done.what
                )
        return None
    return None


def _candidates(data: bytes, path: str) -> set[str]:
    """Everything in a file that looks like an id; parsing is only worth it where one of them is to change."""
    try:
        return set(_ID.findall(decoded(data, path)))
    except DetectionsError:
        return set()
