"""The command line: a contract that scripts call.

Exit 0 when done, 1 for a failure told in one line on standard error, 2 for wrong usage.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from bot.cli.ask import console, lookup
from bot.cli.changes import diff, digest, retag
from bot.cli.coverage import coverage
from bot.cli.data import releases, sync
from bot.cli.mapping import confirmations, map_command
from bot.cli.run import demo, doctor, manifest, serve
from bot.cli.stores import store
from bot.cli.team import collect, profile


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help="The folder that holds all state.")
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="Another settings file.")
@click.version_option(package_name="attackbot", prog_name="attackbot")
@click.pass_context
def cli(context: click.Context, home: Path | None, config: Path | None) -> None:
    """MITRE ATT&CK in Slack and in a terminal, with your team's own detections beside every answer."""
    environ = dict(os.environ)
    if home is not None:
        environ["ATTACKBOT_HOME"] = str(home)
    context.obj = (config, environ)


for verb in (lookup, map_command, confirmations, coverage, console, sync, releases, serve, demo, manifest, doctor):
    cli.add_command(verb)

for verb in (diff, digest, store):
    cli.add_command(verb)
for part in (retag, collect, profile):
    coverage.add_command(part)


def main() -> None:
    """Run the command line; every error ends here."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the boundary of the command line
        click.echo(f"attackbot: {_told(error)}", err=True)
        sys.exit(1)


def _told(error: Exception) -> str:
    from config.settings import SettingsError
    from knowledge.errors import KnowledgeError

    if isinstance(error, KnowledgeError | SettingsError | click.ClickException):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'input/output'}: {error.strerror}."
    from bot import logs
    from bot.boundary import log_failure

    place = logs.to_file()
    return f"something went wrong on our side; it is in {place} under reference {log_failure(error)}."
