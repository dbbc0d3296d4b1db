"""Serving Slack, trying the bot out, and finding out why it does not serve."""

from __future__ import annotations

import contextlib
import json
import signal
import threading
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.context import settings_of

if TYPE_CHECKING:
    from config.settings import Settings

MANIFEST = Path(__file__).parents[2] / "config" / "manifest.yaml"

DEMO_CHANNEL = "C0INCIDENT"

FIVE_THINGS = (
    "/attack kerberosting",
    "/attack T1086",
    "/attack mfa fatigue",
    "/attack group cozy bear",
    "@attack inhibit system recovery",
)


@click.command()
@click.option("--socket", "mode", flag_value="socket", default=True, help="Over Socket Mode (the default).")
@click.option("--http", "mode", flag_value="http", help="Over HTTP, on /slack/events.")
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True, help="For --http.")
@click.pass_context
def serve(context: click.Context, mode: str, port: int) -> None:
    """Serve a Slack workspace."""
    from bot import app, logs

    settings = settings_of(context)
    _need_tokens(settings, mode)
    logs.configure(settings.log.level, settings.log.format)
    if mode == "http":
        app.serve_http(settings, port=port)
    else:
        app.serve_socket(settings, stop=_stop_on_signals())


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Of the local Slack; any free one unless told.")
@click.pass_context
def demo(context: click.Context, port: int) -> None:
    """Try the bot: in your workspace if tokens are set, else in a local Slack, else at a prompt."""
    from bot import app, logs
    from bot.local_slack import LocalSlackError, LocalSlackMissingError, local_slack

    settings = settings_of(context)
    if settings.slack.bot_token and settings.slack.app_token:
        click.echo(f"Serving {settings.slack.api_url} with your tokens. In a channel, try:")
        _tell_five_things()
        context.invoke(serve, mode="socket")
        return
    logs.configure("warning", settings.log.format)
    with contextlib.ExitStack() as stack:
        try:
            slack = stack.enter_context(local_slack(port=port))
        except LocalSlackMissingError as error:
            from bot.cli.ask import console

            click.echo(f"{error}\nUntil then, here is the same bot at a prompt.\n")
            context.invoke(console)
            return
        except LocalSlackError as error:
            raise click.ClickException(str(error)) from None
        click.echo(f"\nA local Slack is up. Open {slack.url}/archives/{DEMO_CHANNEL} and type:\n")
        _tell_five_things()
        click.echo("\nCtrl-C stops both.")
        app.serve_socket(slack.apply_to(settings), stop=_stop_on_signals())


@click.command()
def manifest() -> None:
    """Print the Slack app manifest to create the app with."""
    click.echo(MANIFEST.read_text(encoding="utf-8"), nl=False)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON on one line.")
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Check tokens, scopes, data, clock and disk, and say how to mend each."""
    from bot import app
    from bot import doctor as checks

    settings = settings_of(context)
    slack, now = settings.slack, datetime.now(UTC)
    tokens = {"bot_token": slack.bot_token.value, "app_token": slack.app_token.value}
    findings = [
        *checks.check_tokens(**tokens),
        *checks.check_slack(
            slack.api_url,
            **tokens,
            wanted=checks.wanted_scopes(MANIFEST.read_text(encoding="utf-8")),
            ask=checks.ask_slack,
            now=now,
        ),
        *checks.check_library(app.build_library(settings), app.domains_of(settings), now.date()),
        *checks.check_store(lambda: app.build_store(settings)),
        checks.check_home(settings.home),
        checks.check_synonyms(settings.synonyms, lambda path: len(app.read_own_synonyms(path))),
    ]
    if as_json:
        click.echo(json.dumps({"findings": [asdict(each) for each in findings]}))
    else:
        for each in findings:
            mark = {checks.State.OK: "ok  ", checks.State.WARN: "warn", checks.State.FAIL: "FAIL"}[each.state]
            click.echo(f"{mark}  {each.name}: {each.sentence}")
            if each.mend:
                click.echo(f"      {each.mend}")
    if any(each.state is checks.State.FAIL for each in findings):
        context.exit(1)


def _tell_five_things() -> None:
    for thing in FIVE_THINGS:
        click.echo(f"  {thing}")


def _need_tokens(settings: Settings, mode: str) -> None:
    slack = settings.slack
    needed = [("SLACK_BOT_TOKEN", slack.bot_token)]
    needed.append(
        ("SLACK_APP_TOKEN", slack.app_token) if mode == "socket" else ("SLACK_SIGNING_SECRET", slack.signing_secret)
    )
    missing = [name for name, value in needed if not value]
    if missing:
        raise click.ClickException(
            f"{' and '.join(missing)} not set: create the app from 'attackbot manifest' and export them, "
            "or try 'attackbot demo'."
        )


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
