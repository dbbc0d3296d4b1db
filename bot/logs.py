"""What is logged: to standard error while serving, to a file for the command line's own failures."""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path


class _JsonLines(logging.Formatter):
    """One JSON object a record: time (RFC 3339, UTC), level, logger, message."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        return json.dumps(told, ensure_ascii=False)


def configure(level: str, style: str) -> None:
    """Set up logging once for this process.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``.
        style: ``text`` or ``json``.
    """
    handler = logging.StreamHandler(sys.stderr)
    text = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", datefmt="%H:%M:%S")
    handler.setFormatter(_JsonLines() if style == "json" else text)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in ("slack_bolt", "slack_sdk", "urllib3"):
        # below INFO these write whole payloads, and an alert's text must not reach a log
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLevelName(level.upper())))
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def to_file() -> Path:
    """Log to a file instead: what a command prints on standard error is one line, for scripts.

    Returns:
        The file: ``attackbot.log`` in ``ATTACKBOT_HOME``, or in the folder for temporary files.
    """
    home = Path(os.environ.get("ATTACKBOT_HOME") or tempfile.gettempdir())
    path = (home if os.access(home, os.W_OK) else Path(tempfile.gettempdir())) / "attackbot.log"
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], force=True)
    return path
