"""What digests need of a store that keeps documents by key, written once for memory and for TinyDB's files."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol, TypeVar

import msgspec

from knowledge.store.contents import WorkspaceContents
from knowledge.store.digests import POSTED_KEPT, ClaimState, DigestClaim, Subscription, Task
from knowledge.store.instants import checked_instant, earlier
from knowledge.store.names import checked, encodable
from knowledge.store.shared_digests import SharedDigests, first_claim

Noun = TypeVar("Noun")
Result = TypeVar("Result")


class DigestTables(msgspec.Struct):
    """What is kept for one workspace."""

    subscriptions: dict[str, Subscription] = {}
    claims: dict[str, DigestClaim] = {}
    tasks: dict[str, Task] = {}


class Documents(Protocol):
    """What an edit may do to these tables; nothing of it shows before the edit is through."""

    def get(self, table: str, key: str, noun: type[Noun]) -> Noun | None: ...  # noqa: D102 - as in tinydb_file.Session
    def keys(self, table: str) -> tuple[str, ...]: ...  # noqa: D102
    def put(self, table: str, key: str, noun: object) -> None: ...  # noqa: D102
    def replace_all(self, table: str, nouns: Mapping[str, Any]) -> None: ...  # noqa: D102
    def drop(self, table: str, keys: tuple[str, ...]) -> int: ...  # noqa: D102


class KeyedDigests(SharedDigests):
    """A `DigestStore` on top of three ways into a place of keyed documents."""

    @abstractmethod
    def _edit_digests(self, workspace: str, change: Callable[[Documents], Result]) -> Result:
        """Run an edit alone, make it durable, and return what it returned."""

    @abstractmethod
    def _read_digests(self, workspace: str) -> DigestTables:
        """What is kept now, not to be changed."""

    @abstractmethod
    def _digest_workspaces(self) -> Iterable[str]:
        """The workspaces something of this is kept for."""

    def save_subscription(self, subscription: Subscription) -> bool:
        """See `DigestStore.save_subscription`."""
        said = encodable(subscription)
        checked("subscription", said.id)
        return self._save(said.workspace, "subscriptions", said.id, said)

    def subscriptions(self, workspace: str) -> tuple[Subscription, ...]:
        """See `DigestStore.subscriptions`."""
        return tuple(sorted(self._read_digests(workspace).subscriptions.values(), key=lambda each: each.place))

    def due_subscriptions(self, at: str) -> tuple[Subscription, ...]:
        """See `DigestStore.due_subscriptions`."""
        checked_instant("the time asked for", at)
        due = (
            each
            for workspace in self._digest_workspaces()
            for each in self._read_digests(workspace).subscriptions.values()
            if each.next_due and each.next_due <= at and not each.paused
        )
        return tuple(sorted(due, key=lambda each: (each.next_due, each.workspace, each.id)))

    def remove_subscription(self, workspace: str, subscription_id: str) -> bool:
        """See `DigestStore.remove_subscription`."""
        exact = encodable(subscription_id)

        def edit(documents: Documents) -> bool:
            documents.drop("claims", _claims_of(documents, exact))
            return bool(documents.drop("subscriptions", (exact,)))

        return self._edit_digests(workspace, edit)

    def claim_digest(
        self, workspace: str, subscription_id: str, period: str, *, claimant: str, at: str, lease: timedelta
    ) -> DigestClaim | None:
        """See `DigestStore.claim_digest`."""
        mine = first_claim(subscription_id, period, claimant, at)
        key, abandoned = claim_key(mine), earlier(at, lease)

        def edit(documents: Documents) -> DigestClaim | None:
            known = documents.get("claims", key, DigestClaim)
            if known is not None and (known.state is ClaimState.POSTED or known.claimed_at > abandoned):
                return None
            claim = mine if known is None else replace(mine, attempt=known.attempt + 1)
            documents.put("claims", key, claim)
            return claim

        return self._edit_digests(workspace, edit)

    def mark_posted(
        self, workspace: str, claim: DigestClaim, *, at: str, channel: str = "", ts: str = "", content: str = ""
    ) -> bool:
        """See `DigestStore.mark_posted`."""
        key, by = claim_key(claim), encodable(claim.claimant)
        where, when, what, now = encodable((channel, ts, content, checked_instant("the time of posting", at)))

        def edit(documents: Documents) -> bool:
            known = documents.get("claims", key, DigestClaim)
            if known is None or known.state is ClaimState.POSTED:
                return False
            posted = replace(
                known, state=ClaimState.POSTED, claimant=by, channel=where, ts=when, content=what, posted_at=now
            )
            documents.put("claims", key, posted)
            documents.drop("claims", _past(documents, posted.subscription_id))
            return True

        return self._edit_digests(workspace, edit)

    def find_digest(self, workspace: str, subscription_id: str, period: str) -> DigestClaim | None:
        """See `DigestStore.find_digest`."""
        return self._read_digests(workspace).claims.get(_key(encodable(subscription_id), encodable(period)))

    def digests(self, workspace: str) -> tuple[DigestClaim, ...]:
        """See `DigestStore.digests`."""
        claims = self._read_digests(workspace).claims.values()
        return tuple(sorted(claims, key=lambda each: (each.subscription_id, each.period)))

    def save_task(self, workspace: str, task: Task) -> bool:
        """See `DigestStore.save_task`."""
        said = encodable(task)
        return self._save(workspace, "tasks", checked("change", said.change_id), said)

    def tasks(self, workspace: str) -> tuple[Task, ...]:
        """See `DigestStore.tasks`."""
        return tuple(sorted(self._read_digests(workspace).tasks.values(), key=lambda each: each.change_id))

    def _restore_digests(self, workspace: str, contents: WorkspaceContents) -> None:
        """Put these in place of everything that is kept."""
        tables: dict[str, dict[str, Any]] = {
            "subscriptions": {each.id: each for each in contents.subscriptions},
            "claims": {claim_key(each): each for each in contents.digests},
            "tasks": {each.change_id: each for each in contents.tasks},
        }

        def edit(documents: Documents) -> None:
            for table, nouns in tables.items():
                documents.replace_all(table, nouns)

        self._edit_digests(workspace, edit)

    def _save(self, workspace: str, table: str, key: str, said: object) -> bool:
        def edit(documents: Documents) -> bool:
            if documents.get(table, key, type(said)) == said:
                return False
            documents.put(table, key, said)
            return True

        return self._edit_digests(workspace, edit)

    def _change(self, workspace: str, subscription_id: str, change: Callable[[Subscription], Subscription]) -> bool:
        exact = encodable(subscription_id)

        def edit(documents: Documents) -> bool:
            known = documents.get("subscriptions", exact, Subscription)
            if known is not None and (changed := change(known)) != known:
                documents.put("subscriptions", exact, changed)
            return known is not None

        return self._edit_digests(workspace, edit)

    def _date_claim(self, workspace: str, claim: DigestClaim, claimed_at: str) -> DigestClaim | None:
        key, by = claim_key(claim), encodable(claim.claimant)

        def edit(documents: Documents) -> DigestClaim | None:
            known = documents.get("claims", key, DigestClaim)
            if known is None or known.state is ClaimState.POSTED or not known.claimed_at:
                return None
            if (known.claimant, known.attempt) != (by, claim.attempt):
                return None
            changed = replace(known, claimed_at=claimed_at)
            documents.put("claims", key, changed)
            return changed

        return self._edit_digests(workspace, edit)


def claim_key(claim: DigestClaim) -> str:
    """The key that a digest's claim is kept under."""
    return _key(encodable(claim.subscription_id), encodable(claim.period))


def _key(subscription_id: str, period: str) -> str:
    return msgspec.json.encode((subscription_id, period)).decode()


def _claims_of(documents: Documents, subscription_id: str) -> tuple[str, ...]:
    begins = f"[{msgspec.json.encode(subscription_id).decode()},"
    return tuple(key for key in documents.keys("claims") if key.startswith(begins))


def _past(documents: Documents, subscription_id: str) -> tuple[str, ...]:
    """The keys of a subscription's posted digests that need not be remembered any more."""
    claims = ((documents.get("claims", key, DigestClaim), key) for key in _claims_of(documents, subscription_id))
    posted = [(each.posted_at, each.period, key) for each, key in claims if each and each.state is ClaimState.POSTED]
    return tuple(key for _, _, key in sorted(posted, reverse=True)[POSTED_KEPT:])
