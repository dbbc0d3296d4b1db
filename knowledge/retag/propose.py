"""The files below a path, each as it would be with today's ids."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from knowledge.detections import elastic as elastic_format
from knowledge.detections import sigma as sigma_format
from knowledge.detections import splunk as splunk_format
from knowledge.detections.decode import LARGEST, decoded, encoding_of, readings, shape_by_name
from knowledge.detections.errors import DetectionsError
from knowledge.detections.found import PassedOver
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
    for each in walk(root):
        if isinstance(each, PassedOver) or shape_by_name(each.path) not in _SHAPES:
            continue
        if isinstance(each, Rejected):
            refused.append(Refused(each.path, each.reason))
            continue
        try:
            found = _proposal(each.read(LARGEST), each.path, plan)
        except (RetagError, DetectionsError) as error:
            refused.append(Refused(each.path, error.problem))
            continue
        looked_at += 1
        if found is not None:
            proposals.append(found)
    return Proposals(root=root, proposals=tuple(proposals), refused=tuple(refused), looked_at=looked_at)


def _proposal(data: bytes, path: str, plan: Plan) -> Proposal | None:
    if not any(plan.concerns(each.upper()) for each in _candidates(data, path)):
        return None
    mark, encoding = encoding_of(data)
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
        return set()  # no text, so no rule: passed over like every other format
