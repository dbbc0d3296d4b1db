"""What runs on a clock."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from bot.boundary import log_failure
from knowledge.errors import KnowledgeError
from knowledge.sync import Synced

logger = logging.getLogger(__name__)

_DAILY = 24 * 60 * 60
_JITTER = 20 * 60
"""Seconds either side, so that every team's bot does not ask MITRE at once."""


def start(refresh: Callable[[], tuple[Synced, ...]], *, at_once: bool) -> BackgroundScheduler:
    """Look for new releases every day in the background, the first time at once or in a day.

    Returns:
        The running scheduler; its `shutdown` ends it.
    """
    scheduler = BackgroundScheduler(timezone=UTC)
    first = datetime.now(UTC) + (timedelta(seconds=1) if at_once else timedelta(days=1))
    scheduler.add_job(
        lambda: _refresh(refresh),
        "interval",
        seconds=_DAILY,
        jitter=_JITTER,
        next_run_time=first,
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )
    scheduler.start()
    return scheduler


def _refresh(refresh: Callable[[], tuple[Synced, ...]]) -> None:
    """One look; whatever goes wrong is logged and the next look comes on time."""
    try:
        for each in refresh():
            logger.info("fetched %s%s", each.release.label, "" if each.current else ", kept beside the current one")
    except KnowledgeError as error:
        logger.warning("no new release: %s The current one stays; the next look is in a day.", error)
    except Exception as error:  # noqa: BLE001 - the boundary of jobs
        log_failure(error)
