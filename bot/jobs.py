"""What runs on a clock."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from bot.boundary import log_failure
from knowledge.errors import BundleError, KnowledgeError
from knowledge.sync import Synced

logger = logging.getLogger(__name__)

_DAILY = 24 * 60 * 60
_JITTER = 20 * 60
"""Seconds either side, so that every team's bot does not ask MITRE at once."""

_MINUTE = 60


def start(
    refresh: Callable[[], tuple[Synced, ...]],
    *,
    at_once: bool,
    digests: Callable[[], object] | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> BackgroundScheduler:
    """Look for new releases every day in the background, the first time at once or in a day; post what is due.

    Args:
        refresh: Fetches what is newer.
        at_once: Whether to look right away.
        digests: Posts the digests that are due, asked every minute.
        report: Told a sentence for the operator when a release cannot be read.

    Returns:
        The running scheduler; its `shutdown` ends it.
    """
    scheduler = BackgroundScheduler(timezone=UTC)
    first = datetime.now(UTC) + (timedelta(seconds=1) if at_once else timedelta(days=1))
    common = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    look = _Look(refresh, report)
    scheduler.add_job(look, "interval", seconds=_DAILY, jitter=_JITTER, next_run_time=first, **common)
    if digests is not None:
        soon = datetime.now(UTC) + timedelta(seconds=1)
        scheduler.add_job(lambda: _post(digests), "interval", seconds=_MINUTE, next_run_time=soon, **common)
    scheduler.start()
    return scheduler


class _Look:
    """One look for releases; whatever goes wrong is logged and the next look comes on time."""

    def __init__(self, refresh: Callable[[], tuple[Synced, ...]], report: Callable[[str], None]) -> None:
        self._refresh = refresh
        self._report = report
        self._reported = ""

    def __call__(self) -> None:
        """Look, and tell the operator of a release that cannot be read, once for each reason."""
        try:
            for each in self._refresh():
                logger.info("fetched %s%s", each.release.label, "" if each.current else ", kept beside the current one")
        except BundleError as error:
            logger.error("a release cannot be read: %s The current one stays; the next look is in a day.", error)
            if str(error) != self._reported:
                self._reported = str(error)
                self._report(f"A new ATT&CK release cannot be read: {error} The current one stays in use.")
        except KnowledgeError as error:
            logger.warning("no new release: %s The current one stays; the next look is in a day.", error)
        except Exception as error:  # noqa: BLE001 - the boundary of jobs
            log_failure(error)


def _post(digests: Callable[[], object]) -> None:
    """What is due; whatever goes wrong is logged and the next minute comes."""
    try:
        digests()
    except KnowledgeError as error:
        logger.warning("digests wait: %s", error)
    except Exception as error:  # noqa: BLE001 - the boundary of jobs
        log_failure(error)
