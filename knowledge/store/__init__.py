"""What a team told us: its confirmations, its detections, what it collects, what it wants to hear; kept safely."""

from knowledge.store.contents import SourceContents, WorkspaceContents
from knowledge.store.copying import CopyCounts, copy_store
from knowledge.store.digest_protocol import DigestStore
from knowledge.store.digests import ClaimState, DigestClaim, Frequency, Subscription, Task, TaskState, Threshold
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
    "ClaimState",
    "Collected",
    "Confirmation",
    "CopyCounts",
    "DamagedFileError",
    "DigestClaim",
    "DigestStore",
    "Frequency",
    "NewerSchemaError",
    "Problem",
    "Source",
    "SourceChange",
    "SourceContents",
    "SourceImport",
    "Store",
    "StoreError",
    "Subscription",
    "Task",
    "TaskState",
    "TeamProfile",
    "Threshold",
    "Verdict",
    "WorkspaceContents",
    "copy_store",
    "open_store",
]
