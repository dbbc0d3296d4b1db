"""The store from a terminal: moving it."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict

import click

from bot.cli.context import settings_of


@click.group()
def store() -> None:
    """Move what the teams told to another store."""


@store.command()
@click.argument("source")
@click.argument("target")
@click.option("--overwrite", is_flag=True, help="Replace workspaces of the target that hold something else.")
@click.option("--json", "as_json", is_flag=True, help="JSON on one line.")
@click.pass_context
def migrate(context: click.Context, source: str, target: str, overwrite: bool, as_json: bool) -> None:
    """Copy everything from SOURCE to TARGET, each like tinydb, tinydb:PATH or postgresql://…, and read it back.

    Stop the bot first. What is copied already is left, so that a copy that was cut off can be repeated.
    """
    from knowledge.store import copy_store, open_store

    folder = settings_of(context).home / "store"
    with closing(open_store(source, folder)) as old, closing(open_store(target, folder)) as new:
        done = copy_store(
            old,
            new,
            lambda name, number, of: click.echo(f"{name}: copied ({number} of {of})", err=True),
            overwrite=overwrite,
        )
    if as_json:
        click.echo(json.dumps(asdict(done)))
        return
    counted = {name: number for name, number in asdict(done).items() if number and name != "written"}
    parts = ", ".join(f"{name} {number:,}" for name, number in counted.items()) or "nothing"
    click.echo(f"The target holds: {parts}. Set ATTACKBOT_STORE to it, then start the bot.")
