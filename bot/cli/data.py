"""Releases: fetching them and saying which are here."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bot.cli.context import settings_of

if TYPE_CHECKING:
    from knowledge.model import Remark


@click.command()
@click.option(
    "--from",
    "spec",
    default="",
    metavar="WHERE",
    help="mitre, taxii, snapshot, a bundle or folder of bundles (.json, .json.gz, .json.xz), or an index.json's URL.",
)
@click.option("--release", "version", default="", metavar="V", help="This version, and stay on it.")
@click.option("--json", "as_json", is_flag=True, help="JSON on one line.")
@click.pass_context
def sync(context: click.Context, spec: str, version: str, as_json: bool) -> None:
    """Fetch ATT&CK releases; the newest becomes current."""
    from bot.app import build_library, build_source, domains_of
    from bot.views.progress import progress_bar
    from knowledge.sync import sync as fetch

    settings = settings_of(context)
    source = build_source(settings, spec)
    with progress_bar() as progress:
        done = fetch(source, build_library(settings), domains=domains_of(settings), version=version, progress=progress)
    passed_over = source.passed_over()
    if as_json:
        synced = [{**asdict(each.release), "current": each.current} for each in done]
        click.echo(json.dumps({"synced": synced, "passed_over": [asdict(each) for each in passed_over]}))
        return
    for each in done:
        state = "now current" if each.current else "kept; a newer or pinned one is current"
        click.echo(f"{each.release.label}: {state}")
        for remark in each.release.remarks:
            click.echo(f"  {_told(remark)}")
    if not done:
        click.echo("Nothing newer than what is here.")
    for remark in passed_over:
        click.echo(f"passed over: {_told(remark)}")


def _told(remark: Remark) -> str:
    from bot.views.mrkdwn import one_line

    return one_line(f"{remark.count:,} {remark.what}, such as {remark.example}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON on one line.")
@click.pass_context
def releases(context: click.Context, as_json: bool) -> None:
    """Say which releases are on disk, and which are current."""
    from bot.app import build_library

    held = build_library(settings_of(context)).releases()
    if as_json:
        rows = [
            {**asdict(each.release), "current": each.current, "pinned": each.pinned, "bytes": each.size}
            for each in held
        ]
        click.echo(json.dumps({"releases": rows}))
        return
    for each in held:
        marks = "current, pinned" if each.pinned else "current" if each.current else ""
        published = each.release.published[:10] or "date unknown"
        click.echo(f"{each.release.label:28} {published}  {each.size / 1e6:6.1f} MB  {marks}".rstrip())
    if not held:
        click.echo("No release on disk yet; 'attackbot sync' fetches the newest.")
