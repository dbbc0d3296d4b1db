"""Files become detections, format by format; what cannot be read is kept with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import islice

from knowledge.detections.archive import is_archive, members
from knowledge.detections.decode import LARGEST, readings
from knowledge.detections.errors import DetectionsError
from knowledge.detections.found import File, Found, PassedOver, promises_rules, unreadable
from knowledge.detections.model import Detection, Rejected
from knowledge.detections.reader import Document, Format, Result
from knowledge.detections.workbook import is_workbook
from knowledge.remarks import Remarks
from knowledge.sources.source import Progress

MAX_DETECTIONS = 200_000
"""Most documents read in one import; beyond it somebody named the wrong folder."""

MAX_NESTED = 1_000_000_000
"""Most bytes read out of archives inside archives in one import: each is bounded, and there may be thousands."""

_ARCHIVE_DEPTH = 2
_HEAD = 512
_TELL_EVERY = 50
_ODD_CONTENT = (TypeError, ValueError, AttributeError, LookupError, RecursionError, OverflowError)
"""What Python raises when content is not of the kind a reader took it for."""


@dataclass(slots=True)
class Gathered:
    """What one import, or one archive of it, gave so far."""

    detections: list[Detection] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    formats: Counter[str] = field(default_factory=Counter)
    passed_over: Remarks = field(default_factory=Remarks)

    def add(self, other: Gathered) -> None:
        """Take over all of another's."""
        self.detections += other.detections
        self.rejected += other.rejected
        self.formats += other.formats
        self.passed_over.add_all(other.passed_over)


class Gathering:
    """One import under way.

    Args:
        formats: The readers to ask, in their order.
        alone: Whether the path is a single file: then it is never passed over in silence.
    """

    def __init__(self, formats: tuple[Format, ...], progress: Progress, *, alone: bool) -> None:
        self._formats = formats
        self._progress = progress
        self._alone = alone
        self._files = 0
        self._documents = 0
        self._nested = 0

    def all(self, found: Iterable[Found], depth: int = 0) -> Gathered:
        """What the files of a folder or an archive give."""
        gathered = Gathered()
        for each in found:
            self._nested += each.size if depth > 1 and isinstance(each, File) else 0
            if isinstance(each, Rejected):
                gathered.rejected.append(each)
            elif isinstance(each, PassedOver):
                gathered.passed_over.add(each.why, each.path)
            else:
                self._file(each, depth, gathered)
            self._files += 1
            if self._files % _TELL_EVERY == 0:
                self._progress(self._files, None, each.path)
        if depth == 0:
            self._progress(self._files, self._files, "")
        return gathered

    def _file(self, file: File, depth: int, gathered: Gathered) -> None:
        must_hold_rules = promises_rules(file.path) or (self._alone and depth == 0)
        try:
            with file.opener() as stream:
                head = stream.read(_HEAD)
            if is_archive(head) and not (
                head.startswith(b"PK") and file.size <= LARGEST and is_workbook(file.read(LARGEST))
            ):
                gathered.add(self._archive(file, depth))
            elif b"\0" in head and not head.startswith(b"PK") and not must_hold_rules:
                gathered.passed_over.add("binary files", file.path)
            else:
                self._document(file, gathered)
        except DetectionsError as error:
            if must_hold_rules:
                gathered.rejected.append(Rejected(file.path, error.problem))
            else:
                gathered.passed_over.add("files in no format known here", file.path)
        except OSError as error:
            gathered.rejected.append(Rejected(file.path, unreadable(error)))

    def _archive(self, file: File, depth: int) -> Gathered:
        """An archive whole, or not at all."""
        if depth >= _ARCHIVE_DEPTH:
            raise DetectionsError(file.path, f"an archive inside {_ARCHIVE_DEPTH} others")
        if depth and self._nested > MAX_NESTED:
            raise DetectionsError(file.path, "one of so many archives inside another that it is not unpacked")
        prefix = "" if self._alone and depth == 0 else file.path + "/"
        with file.opener() as stream:
            return self.all(members(stream, file.size, file.path, prefix), depth + 1)

    def _document(self, file: File, gathered: Gathered) -> None:
        shape = ""
        for document in readings(file.read(LARGEST), file.path):
            shape = shape or document.shape
            reader = next((each for each in self._formats if _recognised(each, document)), None)
            if reader is not None:
                results = _results(reader, document)
                if not results:
                    gathered.passed_over.add(f"{reader.name} files without a rule", file.path)
                self._take(results, reader.name, gathered, file.path)
                return
        gathered.passed_over.add(f"{shape} files in no rule format known here", file.path)

    def _take(self, results: list[Result], format_name: str, gathered: Gathered, path: str) -> None:
        self._documents += len(results)
        if self._documents > MAX_DETECTIONS:
            raise DetectionsError(path, f"one import reads at most {MAX_DETECTIONS:,} documents, and this is beyond it")
        for each in results:
            gathered.formats[format_name] += 1
            if isinstance(each, Rejected):
                gathered.rejected.append(each)
            else:
                gathered.detections.append(replace(each, format=format_name))


def _recognised(reader: Format, document: Document) -> bool:
    """Whether a reader takes a document for one of its own; not where it stumbles over the mere look of it."""
    try:
        return reader.recognises(document)
    except _ODD_CONTENT:
        return False


def _results(reader: Format, document: Document) -> list[Result]:
    """A document's rules; the document itself, rejected, where its content makes the reader stumble."""
    try:
        return list(islice(reader.read(document), MAX_DETECTIONS + 1))
    except _ODD_CONTENT as error:
        problem = " ".join(str(error).split())[:120] or type(error).__name__
        return [Rejected(document.path, f"{reader.name} content that cannot be understood ({problem})")]
