"""Detections read from a path into a team's source; the same for the command line and for Slack's form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.views.imports import import_summary
from bot.views.messages import sentence
from knowledge.detections import read_detections
from knowledge.errors import KnowledgeError
from knowledge.sources import Progress, silent
from knowledge.store import SourceImport

if TYPE_CHECKING:
    from pathlib import Path

    from bot.commands.request import Request
    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply
    from knowledge.detections import ImportReport
    from knowledge.store import SourceChange

HOW_TO = (
    "Type import after the slash command and a form takes the file. Beside the bot, 'attackbot coverage import PATH' "
    "reads a folder, a checkout or an archive, and is made to be called from a rule repository's own pipeline."
)


class NothingReadError(KnowledgeError, ValueError):
    """Every document of an import was refused, so the source keeps what it held.

    Args:
        report: What was tried.
    """

    def __init__(self, report: ImportReport) -> None:
        first = report.rejected[0]
        many = "the only document was" if report.read == 1 else f"all {report.read:,} documents were"
        super().__init__(
            f"Nothing was imported: {many} refused ({first.path}: {first.reason}). "
            f'"{report.source}" keeps what it held.'
        )
        self.report = report


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    report: ImportReport
    change: SourceChange


def import_detections(
    path: Path,
    toolbox: Toolbox,
    workspace: str,
    *,
    name: str = "",
    label: str = "",
    format: str = "",  # noqa: A002 - what the command line calls it
    origin: str = "",
    progress: Progress = silent,
) -> Imported:
    """Read a path, and put what it holds in place of what its source held.

    Args:
        path: A folder, a file or an archive.
        toolbox: Checks the ids and keeps the detections.
        workspace: Whose they are.
        name: What to call the source; after the path unless given.
        label: The team within the workspace; everyone's unless given.
        format: Only this format; any unless given.
        origin: Where it came from, for the list of sources; the path unless given.
        progress: Told how many files were looked into.

    Raises:
        DetectionsError: There is nothing to read at the path.
        NothingReadError: All of it was refused.
        StoreError: It cannot be kept.
    """
    catalog = toolbox.reference().catalog
    report, detections = read_detections(path, catalog, source=name, format=format, progress=progress)
    if not detections and report.rejected:
        raise NothingReadError(report)
    source = SourceImport(
        name=report.source,
        label=label,
        format=", ".join(each for each, _ in report.formats),
        path=origin or str(path),
        imported_at=toolbox.now().isoformat(timespec="seconds"),
        read=report.read,
        imported=report.imported,
        without_technique=report.without_technique,
        unknown_ids=len(report.unknown_ids),
        retired_ids=len(report.retired_ids),
        rejected=len(report.rejected),
    )
    return Imported(report, toolbox.store.replace_source(workspace, source, detections))


def import_files(folder: Path, request: Request, toolbox: Toolbox, *, name: str, label: str) -> Reply:
    """What a form's files became.

    Args:
        folder: Where they lie, and nothing else; a single one is read by itself.
        request: Whose they are; its `text` says where they come from.
        toolbox: As for `import_detections`.
        name: As the form has it.
        label: As the form has it.
    """
    files = list(folder.iterdir())
    path = files[0] if len(files) == 1 else folder
    done = import_detections(path, toolbox, request.team, name=name, label=label, origin=request.text)
    return import_summary(done.report, done.change)


def tell_how(request: Request, toolbox: Toolbox) -> Reply:
    """How detections are imported, where no form can be shown."""
    del request, toolbox  # the same for everybody
    return sentence(HOW_TO)
