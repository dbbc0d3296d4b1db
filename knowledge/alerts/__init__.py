"""A paste becomes an alert: records with fields, each with its place in the paste and the part it plays."""

from __future__ import annotations

from knowledge.alerts.model import Alert, Field, Record, Role

__all__ = ["Alert", "Field", "Record", "Role"]
