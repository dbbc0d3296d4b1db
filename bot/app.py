"""The composition root: the only place that news things up."""

from __future__ import annotations

import gc
import logging
import os
import secrets
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.coverages import TeamCoverages
from bot.commands.request import LOCAL
from bot.commands.toolbox import Toolbox
from knowledge.alerts.roles import Roles
from knowledge.alerts.roles_file import read_roles
from knowledge.coverage import LogSources, read_log_sources
from knowledge.errors import KnowledgeError, SourceError
from knowledge.library import Library
from knowledge.mapping.teams import TeamMappers
from knowledge.model import Domain
from knowledge.search import Synonyms, read_synonyms
from knowledge.sources import Progress, Source, open_source, silent
from knowledge.store import Store, TeamProfile, open_store
from knowledge.sync import Synced, fill_gaps, sync

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler
    from slack_bolt import App

    from bot.messenger import SlackMessenger
    from config.settings import Settings

logger = logging.getLogger(__name__)

SHIPPED_SYNONYMS = Path(__file__).parent.parent / "config" / "synonyms.toml"
SHIPPED_LOG_SOURCES = SHIPPED_SYNONYMS.with_name("log_sources.toml")
SHIPPED_ALERT_FIELDS = SHIPPED_SYNONYMS.with_name("alert_fields.toml")


def build_library(settings: Settings) -> Library:
    """The releases of this home."""
    return Library(settings.home / "releases", keep=settings.attack.keep_releases)


def build_synonyms(settings: Settings) -> Synonyms:
    """The field's slang, with the operator's own words over it.

    Raises:
        SynonymsError: A file is wrong; the sentence names its line.
        SourceError: The operator's file cannot be read.
    """
    shipped = read_synonyms(SHIPPED_SYNONYMS.read_bytes(), SHIPPED_SYNONYMS.name)
    return shipped.merged(read_own_synonyms(settings.synonyms)) if settings.synonyms else shipped


def read_own_synonyms(path: Path) -> Synonyms:
    """The operator's own words."""
    try:
        return read_synonyms(path.read_bytes(), str(path))
    except OSError as error:
        raise SourceError(str(path), f"the synonyms cannot be read ({error.strerror})") from None


def build_log_sources(settings: Settings) -> LogSources:
    """The log sources a team can say it collects, the operator's own over the shipped ones.

    Raises:
        LogSourcesError: A file is wrong; the sentence names its line.
        SourceError: The operator's file cannot be read.
    """
    shipped = read_log_sources(SHIPPED_LOG_SOURCES.read_bytes(), SHIPPED_LOG_SOURCES.name)
    own = settings.log_sources
    if own is None:
        return shipped
    try:
        return shipped.merged(read_log_sources(own.read_bytes(), str(own)))
    except OSError as error:
        raise SourceError(str(own), f"the log sources cannot be read ({error.strerror})") from None


def build_roles(settings: Settings) -> Roles:
    """Which part each field of an alert plays, the operator's own over the shipped ones.

    Raises:
        RolesError: A file is wrong; the sentence names its line.
        SourceError: The operator's file cannot be read.
    """
    shipped = read_roles(SHIPPED_ALERT_FIELDS.read_bytes(), SHIPPED_ALERT_FIELDS.name)
    own = settings.alert_fields
    if own is None:
        return shipped
    try:
        return shipped.merged(read_roles(own.read_bytes(), str(own)))
    except OSError as error:
        raise SourceError(str(own), f"the alert fields cannot be read ({error.strerror})") from None


def build_store(settings: Settings) -> Store:
    """What the teams told, wherever the settings keep it.

    Raises:
        StoreError: There is no such store, or it cannot be reached.
    """
    return open_store(settings.store.value, settings.home / "store")


def build_toolbox(settings: Settings, *, background: bool = False) -> Toolbox:
    """Everything the commands need; a domain without a release gets the snapshot first.

    Args:
        settings: Where everything lies.
        background: Build what takes long in a thread, for a bot that has others to answer.
    """
    library = build_library(settings)
    for release in fill_gaps(library, domains_of(settings)):
        logger.info("no release of %s on disk: using the embedded snapshot", release.label)
    store = build_store(settings)
    mappers = TeamMappers(settings.home / "mapping", store, build_roles(settings), background=background)
    return Toolbox(
        library,
        store,
        mappers,
        build_synonyms(settings),
        coverages=TeamCoverages(store, build_log_sources(settings)),
        command=settings.slack.command,
    )


def build_source(settings: Settings, spec: str = "") -> Source:
    """Where releases come from: as told, or as the settings say."""
    from knowledge.sources.answers import Answers
    from knowledge.sources.web import Bounds

    attack = settings.attack
    return open_source(
        spec or attack.source,
        index_url=attack.index_url,
        bounds=Bounds(size=attack.max_download_mb * 1_000_000, read=attack.timeout_seconds),
        answers=Answers(settings.home / "releases" / "answers.json"),
    )


def domains_of(settings: Settings) -> tuple[Domain, ...]:
    """The domains this team wants."""
    return tuple(Domain(each) for each in settings.attack.domains)


def refresh(settings: Settings, library: Library, *, progress: Progress = silent) -> tuple[Synced, ...]:
    """Fetch what is newer than what is held."""
    return sync(build_source(settings), library, domains=domains_of(settings), progress=progress)


def _renew(settings: Settings, toolbox: Toolbox) -> tuple[Synced, ...]:
    """Fetch, and begin at once with what the new releases need."""
    done = refresh(settings, toolbox.library)
    if done:
        toolbox.prepare()
    return done


def build_app(settings: Settings, toolbox: Toolbox) -> App:
    """The Bolt app with every door open.

    Raises:
        slack_sdk.errors.SlackApiError: Slack refuses the bot token.
    """
    from slack_bolt import App
    from slack_sdk import WebClient
    from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler

    from bot.boundary import log_failure
    from bot.listeners import register
    from bot.workplace import SlackWorkplace

    slack = settings.slack
    client = WebClient(
        token=slack.bot_token.value,
        base_url=slack.api_url,
        retry_handlers=[ConnectionErrorRetryHandler(max_retry_count=2), RateLimitErrorRetryHandler(max_retry_count=2)],
    )
    app = App(
        client=client,
        signing_secret=slack.signing_secret.value or None,
        request_verification_enabled=bool(slack.signing_secret),
        raise_error_for_unhandled_request=False,
    )

    @app.error
    def on_error(error: Exception) -> None:
        log_failure(error)

    toolbox.workplace = SlackWorkplace(client)
    register(app, toolbox)
    return app


def introduce(toolbox: Toolbox, workspace: str) -> None:
    """Let the store know the workspace that is served, so that the command line finds it by itself.

    What was imported and said at the command line before anything was served becomes the first workspace's.

    Args:
        toolbox: Holds the store.
        workspace: Slack's team id.
    """
    store = toolbox.store
    known = store.workspaces()
    if not workspace or workspace in known:
        return
    if known != (LOCAL,):
        store.save_profile(workspace, TeamProfile())
        return
    store.save_profile(workspace, store.profile(LOCAL))
    for source in store.sources(LOCAL):
        name, label = source.latest.name, source.latest.label
        store.replace_source(workspace, source.latest, store.detections(LOCAL, source=name, label=label))
        logger.info("took over the detections of %s from the command line", name)
    store.mark_collected(workspace, store.collected(LOCAL))


def serve_socket(settings: Settings, *, stop: threading.Event | None = None) -> None:
    """Serve a workspace over Socket Mode until told to stop.

    Args:
        settings: With both tokens set.
        stop: Ends the serving when set; without one only the process's end does.
    """
    from slack_bolt.adapter.socket_mode import SocketModeHandler
    from slack_sdk import WebClient

    toolbox = _ready(settings)
    app = build_app(settings, toolbox)
    workspace = app.client.auth_test().get("team_id") or ""
    introduce(toolbox, workspace)
    app_client = WebClient(token=settings.slack.app_token.value, base_url=settings.slack.api_url)
    handler = SocketModeHandler(app, settings.slack.app_token.value, web_client=app_client)
    scheduler = _start_jobs(settings, toolbox, workspace)
    try:
        handler.connect()  # type: ignore[no-untyped-call] # Bolt leaves it without types
        logger.info("serving %s over Socket Mode", settings.slack.command)
        (stop or threading.Event()).wait()
    finally:
        scheduler.shutdown(wait=False)
        handler.close()  # type: ignore[no-untyped-call] # as above


def serve_http(settings: Settings, *, port: int) -> None:
    """Serve a workspace over HTTP on ``/slack/events``; needs the signing secret."""
    toolbox = _ready(settings)
    app = build_app(settings, toolbox)
    workspace = app.client.auth_test().get("team_id") or ""
    introduce(toolbox, workspace)
    scheduler = _start_jobs(settings, toolbox, workspace)
    try:
        app.start(port=port, http_server_logger_enabled=False)
    finally:
        scheduler.shutdown(wait=False)


def build_messenger(settings: Settings) -> SlackMessenger:
    """What posts unasked; it does not send again by itself what may have arrived."""
    from slack_sdk import WebClient

    from bot.messenger import SlackMessenger

    slack = settings.slack
    return SlackMessenger(WebClient(token=slack.bot_token.value, base_url=slack.api_url, timeout=30, retry_handlers=[]))


def _start_jobs(settings: Settings, toolbox: Toolbox, workspace: str) -> BackgroundScheduler:
    """The daily look for releases, and the digests as they fall due."""
    from bot import jobs
    from bot.drafting import draft
    from bot.posting import DigestPoster, WallClock
    from bot.views.messages import sentence

    messenger = build_messenger(settings)
    poster = DigestPoster(
        toolbox.store,
        workspace,
        messenger,
        lambda subscription: draft(subscription, toolbox),
        WallClock(),
        claimant=f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}",
    )

    def report(said: str) -> None:
        if settings.slack.operator:
            try:
                messenger.tell(settings.slack.operator, sentence(said))
            except KnowledgeError as error:
                logger.warning("the operator could not be told: %s", error)

    return jobs.start(
        lambda: _renew(settings, toolbox),
        at_once=settings.attack.fetch_on_start,
        digests=poster.tick if workspace else None,
        report=report,
    )


def _ready(settings: Settings) -> Toolbox:
    """A toolbox whose releases are in memory before the first question comes."""
    toolbox = build_toolbox(settings, background=True)
    toolbox.prepare()
    gc.collect()
    gc.freeze()  # what was just loaded lives as long as the process: no reason to look through it for garbage
    return toolbox
