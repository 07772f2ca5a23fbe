"""``honmono serve``: the HTTP service in one process, and its first look, ``--demo``."""

from __future__ import annotations

import json
import os
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from service.cli.environment import use, use_profile
from service.cli.exits import Exit
from service.cli.keys import first_key
from service.cli.samples import curl_line
from service.errors import ConfigurationError
from service.logs import configure_logging
from service.settings import Settings, settings

__all__ = ["is_loopback", "serve"]

GRACE_S = 30
"""Seconds that running requests are given at a stop."""
BANNER = """
  ****************************************************************************
  *  DEMONSTRATION. Sample anchors, throw-away data, this machine only.      *
  *  Verdicts given here say nothing about a real card.                      *
  ****************************************************************************
"""


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    demo: Annotated[
        bool, typer.Option("--demo", help="A first look: sample anchors, throw-away data, loopback only.")
    ] = False,
) -> None:
    """Answer over HTTP until stopped. The first start makes an admin key and prints it once."""
    signal.signal(signal.SIGTERM, _leave)
    with suppress(KeyboardInterrupt), _demo(host) if demo else nullcontext(settings()) as chosen:
        _answer(_listen(host, port), chosen)


def _leave(_signal: int, _frame: object) -> NoReturn:
    """End by unwinding, so that the demo's folder is removed; uvicorn raises the signal again at its end."""
    raise typer.Exit(0)


def is_loopback(host: str) -> bool:
    """Whether an address cannot be reached from another machine."""
    with suppress(ValueError):
        return ip_address(host.strip("[]")).is_loopback
    return host == "localhost"


def _has_sample_anchors(folder: str | None) -> bool:
    """Whether a trust folder given from outside serves a demonstration; a production one does not."""
    if folder is None:
        return False
    try:
        rows = json.loads((Path(folder) / "anchors.json").read_text(encoding="utf-8"))
        return any(row.get("profile") == "sample" for row in rows)
    except (OSError, ValueError, AttributeError, TypeError):
        return False


@contextmanager
def _demo(host: str) -> Iterator[Settings]:
    if not is_loopback(host):
        raise ConfigurationError("--demo listens on loopback only: leave --host out, or serve without --demo")
    os.environ.pop("HONMONO_DATABASE_URL", None)
    if not _has_sample_anchors(os.environ.get("HONMONO_TRUST_DIR")):
        os.environ.pop("HONMONO_TRUST_DIR", None)
    with tempfile.TemporaryDirectory(prefix="honmono-demo-") as folder:
        use(demo="true", data_dir=folder)
        yield use_profile("sample")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host.strip("[]"), port), family=family, backlog=128)
    except OSError as error:
        raise ConfigurationError(f"cannot listen on {host} port {port}: {error.strerror}") from error


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _answer(listening: socket.socket, chosen: Settings) -> None:
    import uvicorn

    from service.api.app import create_app

    configure_logging()
    address = _address(listening)
    key = _first_key(chosen)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                _greet(address, chosen, key)

    config = uvicorn.Config(
        create_app(chosen),
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = Server(config)
    try:
        server.run(sockets=[listening])
    except SystemExit:
        if not server.started:  # uvicorn leaves with a code of its own, which here means a verdict
            raise typer.Exit(Exit.FAULT_OF_OURS) from None
        raise


def _first_key(chosen: Settings) -> str | None:
    """The first admin key; a database that does not answer yet does not stop the start."""
    try:
        return first_key(chosen)
    except ConfigurationError as error:
        typer.echo(f"honmono: no first key was made: {error}", err=True)
        return None


def _greet(address: str, chosen: Settings, key: str | None) -> None:
    """Say where the service is and, on its first start only, the key that opens it."""
    if chosen.demo:
        typer.echo(BANNER)
    typer.echo(f"Honmono answers on {address}  (trust profile: {chosen.trust_profile}; API: {address}/docs)")
    if key is not None:
        typer.echo(f"Admin key, shown this once: {key}")
    typer.echo(f"Try: {curl_line(address, key)}")
    typer.echo("Stop with Ctrl-C.")
