"""Coverage as the command line's JSON; its keys are a contract that only grows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.commands.naming import Platform, SourceName
from bot.views.collecting import Choice, Word
from knowledge.model import Domain, Group, Tactic, Technique

if TYPE_CHECKING:
    from bot.commands.collecting import Answered
    from bot.commands.coverage import Subject
    from bot.commands.importing import Imported
    from bot.commands.ranking import RankedGaps
    from bot.views.profile import Profile
    from bot.views.whose import Team
    from knowledge.coverage import Coverage, TechniqueCoverage
    from knowledge.store import Source, SourceChange


def import_json(done: Imported) -> dict[str, Any]:
    """What an import read, and what became of each document."""
    report, change = done.report, done.change
    return {
        "source": report.source,
        "read": report.read,
        "imported": report.imported,
        "without_technique": report.without_technique,
        "unknown_ids": [each.id for each in report.unknown_ids],
        "retired_ids": [each.id for each in report.retired_ids],
        "rejected": [{"path": each.path, "reason": each.reason} for each in report.rejected],
        "formats": dict(report.formats),
        "unknown": [asdict(each) for each in report.unknown_ids],
        "retired": [asdict(each) for each in report.retired_ids],
        "passed_over": [asdict(each) for each in report.passed_over],
        "attack": list(report.attack),
        **_change(change),
    }


def coverage_json(coverage: Coverage, subject: Subject | None, team: Team) -> dict[str, Any]:
    """All of it; or one technique with its rules; or the techniques of anything else that was named.

    ``team`` is the label of the team whose rules it is about, empty for the whole workspace.
    """
    asked = {"attack": [release.label for release in coverage.catalog.releases], "team": team.name}
    match subject:
        case None:
            return {**asked, **_whole(coverage)}
        case Technique():
            found = coverage.of(subject)
            known = {"id": subject.id, "name": subject.name}
            return {**asked, **(_technique(found, claims=True) if found else known)}
        case SourceName(name):
            source = next(each for each in coverage.by_source if each.source == name)
            claimed = [each for each in coverage.techniques() if name in dict(each.sources)]
            return {**asked, **asdict(source), "objects": [_technique(each) for each in claimed]}
    label, narrowed = _narrowing(subject)
    objects = [_technique(each) for each in coverage.techniques(**narrowed)]
    return {**asked, **asdict(coverage.summary(label, **narrowed)), "objects": objects}


def _narrowing(subject: Domain | Tactic | Group | Platform) -> tuple[str, dict[str, Any]]:
    """A label, and what `Coverage.techniques` takes for it."""
    match subject:
        case Domain():
            return subject.value, {"domain": subject}
        case Tactic():
            return subject.name, {"tactic": subject}
        case Group():
            return subject.name, {"group": subject}
        case Platform(name):
            return name, {"platform": name}


def gaps_json(found: RankedGaps) -> dict[str, Any]:
    """The ranking, and what it was made over.

    ``profile`` is what of the team's profile it rests on; null where the profile stayed out, or there is none.
    """
    coverage, report, ranked_for = found.coverage, found.report, found.ranked_for
    by_profile = {"sectors": list(ranked_for.sectors), "groups": list(ranked_for.groups)}
    return {
        "attack": [release.label for release in coverage.catalog.releases],
        "team": found.team.name,
        "profile": {**by_profile, "platforms": list(ranked_for.platforms)} if ranked_for else None,
        "total": report.total,
        "considered": report.considered,
        "relevant_groups": [{"id": group.id, "name": group.name} for group in report.relevant],
        "sectors_known": report.sectors_known,
        "groups": report.groups,
        "unplaced": report.unplaced,
        "gaps": [
            {
                "rank": row.rank,
                "id": row.coverage.technique.id,
                "name": row.coverage.technique.name,
                "tactics": [tactic.name for tactic in coverage.catalog.tactics_of(row.coverage.technique)],
                "score": row.score,
                "state": row.coverage.state.value,
                "groups": row.groups,
                "relevant": list(row.relevant),
                "software": row.software,
                "public_rule": {"title": row.rule.title, "url": row.rule.url} if row.rule else None,
                "why": row.why,
            }
            for row in report.rows
        ],
    }


def sources_json(sources: Iterable[Source]) -> dict[str, Any]:
    """Every source with its last import that found something new."""
    return {"sources": [{**asdict(each.latest), "detections": each.detections} for each in sources]}


def history_json(changes: Iterable[SourceChange]) -> dict[str, Any]:
    """What imports changed, newest first."""
    return {"history": [{"source": each.name, "label": each.label, "at": each.at, **_change(each)} for each in changes]}


def profile_json(profile: Profile, *, changed: bool) -> dict[str, Any]:
    """Who the team is; ``relevant_groups`` is how many groups gaps are ranked by."""
    return {
        "sectors": [{"name": name, "groups": number} for name, number in profile.sectors],
        "groups": [{"id": group.id, "name": group.name} for group in profile.groups],
        "unknown_groups": list(profile.unknown),
        "platforms": list(profile.platforms),
        "relevant_groups": profile.leads_to,
        "by": profile.by,
        "at": profile.at,
        "changed": changed,
    }


def collected_json(
    choices: Iterable[Choice], unrecognised: Iterable[tuple[str, int]], done: Answered
) -> dict[str, Any]:
    """Every log source with what is known of it; and what this call did."""
    return {
        "log_sources": [
            {
                "name": each.name,
                "collected": _COLLECTED[each.word],
                "assumed": each.word is Word.ASSUMED,
                "rules": each.needed,
                "platforms": list(each.platforms),
            }
            for each in choices
        ],
        "unrecognised": [{"log_source": label, "rules": number} for label, number in unrecognised],
        "kept": done.kept,
        "taken_back": done.taken_back,
    }


_COLLECTED = {Word.YES: True, Word.NO: False, Word.ASSUMED: None, Word.SILENT: None}
"""Null is what the team has not said."""


def _whole(coverage: Coverage) -> dict[str, Any]:
    domains = [release.domain for release in coverage.catalog.releases]
    return {
        "detections": len(coverage.detections),
        "domains": [
            {
                "domain": domain.value,
                **asdict(whole),
                "tactics": [asdict(each) for each in coverage.by_tactic(domain)],
            }
            for domain, whole in zip(domains, coverage.by_domain(), strict=True)
        ],
        "sources": [asdict(each) for each in coverage.by_source],
        "unplaced": coverage.unplaced,
        "unknown_ids": [each.id for each in coverage.unknown_ids],
        "retired_ids": [each.id for each in coverage.retired_ids],
    }


def _technique(each: TechniqueCoverage, *, claims: bool = False) -> dict[str, Any]:
    technique = each.technique
    row: dict[str, Any] = {
        "id": technique.id,
        "name": technique.name,
        "state": each.state.value,
        "covered": each.covered,
        "rules": each.rules,
        "scores": each.scores,
        "switched_off": each.switched_off,
        "sources": dict(each.sources),
        "levels": dict(each.levels),
        "statuses": dict(each.statuses),
        "visible": each.visible,
        "assumed": each.assumed,
        "blind": each.blind,
        "validated": each.validated,
        "brittle": each.brittleness,
        "subtechniques": list(each.subtechniques),
        "covered_subtechniques": list(each.covered_subtechniques),
    }
    if claims:
        row["detections"] = [
            {
                "id": claim.detection.id,
                "title": claim.detection.title,
                "source": claim.detection.source,
                "path": claim.detection.path,
                "level": claim.detection.level,
                "status": claim.detection.status,
                "ids": list(claim.detection.ids),
                "log_sources": [source.label for source in claim.detection.log_sources],
                "log_source_collected": claim.visibility.value,
                "named": claim.named,
                "validated": claim.validated,
            }
            for claim in each.claims
        ]
    return row


def _change(change: SourceChange) -> dict[str, Any]:
    return {
        "added": change.added,
        "changed": change.changed,
        "removed": change.removed,
        "unchanged": change.unchanged,
        "no_change": change.empty,
    }
