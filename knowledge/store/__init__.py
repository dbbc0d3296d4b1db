"""What a team told us: its confirmations, its detections, what it collects; kept safely and given back whole."""

from knowledge.store.errors import DamagedFileError, NewerSchemaError, StoreError
from knowledge.store.model import (
    Collected,
    Confirmation,
    Problem,
    Source,
    SourceChange,
    SourceImport,
    TeamProfile,
    Verdict,
)
from knowledge.store.opening import open_store
from knowledge.store.protocol import Store

__all__ = [
    "Collected",
    "Confirmation",
    "DamagedFileError",
    "NewerSchemaError",
    "Problem",
    "Source",
    "SourceChange",
    "SourceImport",
    "Store",
    "StoreError",
    "TeamProfile",
    "Verdict",
    "open_store",
]
