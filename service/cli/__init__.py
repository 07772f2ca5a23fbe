"""The ``honmono`` command: serve, worker, verify, read-chip, recheck, keys, trust, enrolments, doctor, ...

The modules here import only what is light; engine, server and database are imported by the command that
needs them, so that ``doctor`` still answers where a library or a model is missing.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

import typer

from service import __version__
from service.cli.audit import app as audit
from service.cli.checks import checks
from service.cli.doctor import doctor
from service.cli.enrolments import app as enrolments
from service.cli.exits import Exit, of_error
from service.cli.keys import app as keys
from service.cli.links import app as links
from service.cli.purge import purge
from service.cli.read_chip import read_chip
from service.cli.recheck import recheck, recheck_diff
from service.cli.serve import serve
from service.cli.trust import app as trust
from service.cli.verify import verify
from service.cli.worker import worker
from service.errors import HonmonoError, Problem
from service.logs import configure_logging, places

__all__ = ["app", "main"]

app = typer.Typer(
    name="honmono",
    help="Tells whether a Japanese residence card is forged, and says why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(serve)
app.command()(worker)
app.command()(verify)
app.command()(read_chip)
app.command()(recheck)
app.command()(recheck_diff)
app.add_typer(keys, name="keys")
app.add_typer(trust, name="trust")
app.add_typer(audit, name="audit")
app.add_typer(links, name="links")
app.add_typer(enrolments, name="enrolments")
app.command()(purge)
app.command()(doctor)
app.command()(checks)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"honmono {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    configure_logging(logging.WARNING)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with an exit code of the contract; nothing read from a card is printed."""
    try:
        app(args=None if arguments is None else list(arguments))
    except HonmonoError as error:
        typer.echo(f"honmono: {error}", err=True)
        if isinstance(error, Problem):
            for fault in error.faults:
                typer.echo(f"  {fault.pointer}: {fault.detail}", err=True)
        sys.exit(of_error(error))
    except Exception as error:  # the last line of defence: an exit code and a place, never a dump of data
        typer.echo(f"honmono: a fault of ours: {places(error)}", err=True)
        sys.exit(Exit.FAULT_OF_OURS)
