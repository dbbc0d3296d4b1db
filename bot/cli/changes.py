"""What changed, and what it asks of whom, for a terminal and for pipelines."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.context import settings_of, toolbox_of, workspace_of
from knowledge.model import Domain

if TYPE_CHECKING:
    from bot.commands.toolbox import Toolbox
    from knowledge.library import Library
    from knowledge.model import ReleaseContents

_BUNDLES = (".json", ".json.gz", ".json.xz")


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--domain", type=click.Choice([each.value for each in Domain]), help="Enterprise unless given.")
@click.option("--json", "as_json", is_flag=True, help="JSON on one line.")
@click.pass_context
def diff(context: click.Context, old: str, new: str, domain: str | None, as_json: bool) -> None:
    """Compare two releases, each a version on disk or the path of a bundle."""
    from bot.app import build_library
    from knowledge.changes import as_json as contract
    from knowledge.changes import diff as compare
    from knowledge.errors import BundleError

    library = build_library(settings_of(context))
    wanted = Domain(domain) if domain else None
    after = _contents(new, wanted, library)
    before = _contents(old, wanted or after.release.domain, library)
    if wanted is None and before.release.domain is not after.release.domain:  # OLD is a bundle that says its domain
        after = _contents(new, before.release.domain, library)
    if before.release.domain is not after.release.domain:
        raise BundleError(old, f"is {before.release.label}, which cannot be compared with {after.release.label}")
    found = compare(before, after)
    if as_json:
        click.echo(json.dumps(contract(found)))
        return
    from bot.views.changes import changes_page
    from bot.views.terminal import show_reply
    from knowledge.history import Comparison

    show_reply(changes_page(Comparison((found,), found.limits), lambda _: 0))


@click.command()
@click.option("--since", default="", metavar="VERSION", help="Compare with this version on disk.")
@click.option("--dry-run", is_flag=True, help="Post nothing. This never posts: 'attackbot serve' does, when it is due.")
@click.option("--workspace", default="", envvar="ATTACKBOT_WORKSPACE", metavar="ID", help="Whose rules.")
@click.option("--json", "as_json", is_flag=True, help="JSON on one line.")
@click.pass_context
def digest(context: click.Context, since: str, dry_run: bool, workspace: str, as_json: bool) -> None:
    """Tell what the newest release asks of your rules: what would be posted, and for whom."""
    from bot.commands.digests import digest_for
    from bot.views.digest import digest_message, digest_thread
    from bot.views.terminal import show_reply
    from knowledge.store import Subscription, Threshold

    del dry_run  # said for clarity; the other way does not exist
    toolbox = toolbox_of(context)
    whose = workspace_of(toolbox, workspace)
    compared = toolbox.history.since(since) if since else toolbox.history.latest()
    told = tuple((part.new.domain.value, part.old.version) for part in compared.changes)
    everyone = Subscription(id="everyone", workspace=whose, channel="-", weight=Threshold.READ, told=told)
    if as_json:
        from knowledge.impact import as_json as contract

        whole = digest_for(replace(everyone, weight=Threshold.ALL), toolbox, since=since)
        posts = {"limits": list(whole.limits), "digests": _for_whom(toolbox, whose, since)}
        click.echo(json.dumps({**contract(whole.impact), **posts}))
        return
    whole = digest_for(everyone, toolbox, since=since)
    catalog = toolbox.reference().catalog
    show_reply(digest_message(whole, catalog))
    for part in digest_thread(whole):
        show_reply(part)
    for each in _for_whom(toolbox, whose, since):
        state = "paused" if each["paused"] else "would be posted" if each["posted"] else "stays silent"
        click.echo(f"{each['channel']} ({each['subscription']}), {each['due']}: {state}: {each['headline']}")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--write", is_flag=True, help="Change the files instead of only showing how.")
@click.option("--since", default="", metavar="VERSION", help="The release the rules were written for.")
@click.option("--json", "as_json", is_flag=True, help="JSON on one line instead of a diff.")
@click.pass_context
def retag(context: click.Context, path: Path, write: bool, since: str, as_json: bool) -> None:
    """Show, as a unified diff, the tags of the Sigma, Elastic and Splunk rules at PATH with today's ids."""
    from knowledge.retag import Plan, propose
    from knowledge.retag.writing import write as write_files

    toolbox = toolbox_of(context)
    compared = toolbox.history.since(since) if since else toolbox.history.latest()
    found = propose(path, Plan(toolbox.reference().catalog, compared.changes))
    done = write_files(found) if write else None
    refused = (*found.refused, *(done.refused if done else ()))
    if as_json:
        answer = {
            "looked_at": found.looked_at,
            "proposed": [{"path": each.path, "what": list(each.what)} for each in found.proposals],
            "refused": [{"path": each.path, "reason": each.reason} for each in refused],
            "written": list(done.written) if done else [],
        }
        click.echo(json.dumps(answer))
    else:
        for proposal in found.proposals:
            click.echo(proposal.diff.encode(proposal.encoding, errors="replace"), nl=False)
        for refusal in refused:
            click.echo(f"{refusal.path}: {refusal.reason}.", err=True)
        count = f"{len(done.written)} written" if done else f"{len(found.proposals)} to change"
        click.echo(f"{found.looked_at} files looked at, {count}, {len(refused)} left alone.", err=True)
    if done and done.refused:
        context.exit(1)


def _contents(named: str, domain: Domain | None, library: Library) -> ReleaseContents:
    """A bundle where there is a file of that name, else a version on disk."""
    if Path(named).is_file() or named.lower().endswith(_BUNDLES):
        from knowledge.sources import open_source

        source = open_source(str(Path(named).absolute()))
        return source.fetch(source.offers()[0])
    return library.contents(domain or Domain.ENTERPRISE, named.removeprefix("v"))


def _for_whom(toolbox: Toolbox, workspace: str, since: str) -> list[dict[str, Any]]:
    from bot.commands.digests import digest_for

    rows = []
    for each in toolbox.store.subscriptions(workspace):
        said = digest_for(each, toolbox, since=since)
        rows.append(
            {
                "subscription": each.id,
                "channel": each.channel,
                "owner": each.owner,
                "due": each.next_due,
                "paused": each.paused,
                "posted": said.said and not each.paused,
                "headline": said.headline,
                "act": [entry.change_id for entry in said.act],
                "read": [entry.change_id for entry in said.read],
            }
        )
    return rows
