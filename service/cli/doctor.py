"""``honmono doctor``: what this installation has and lacks, and what follows from it."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from service.cli.exits import Exit
from service.errors import HonmonoError
from service.settings import Settings, settings

__all__ = ["Finding", "State", "doctor", "examine"]


class State(StrEnum):
    """How one thing stands."""

    OK = "ok"
    LIMITED = "limited"
    """The service runs; the text says what works less well."""
    BROKEN = "broken"
    """The service cannot do its work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    state: State
    text: str


_COLOURS = {State.OK: "green", State.LIMITED: "yellow", State.BROKEN: "red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on standard output.")] = False,
) -> None:
    """Say what this installation lacks and what works without it. Exit code 2 where something is broken."""
    findings = list(examine(settings()))
    if as_json:
        rows = [{"name": f.name, "state": f.state.value, "text": f.text} for f in findings]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        table = Table(box=box.SIMPLE_HEAD)
        for column in ("what", "state", "found"):
            table.add_column(column, overflow="fold")
        for f in findings:
            table.add_row(f.name, f"[{_COLOURS[f.state]}]{f.state.value}[/]", escape(f.text))
        Console().print(table)
    broken = any(f.state is State.BROKEN for f in findings)
    raise typer.Exit(Exit.WRONG_USE if broken else Exit.NOTHING_AGAINST)


def examine(chosen: Settings) -> Iterator[Finding]:
    """Look at everything in turn; a fault in one place never hides the others."""
    examiners: dict[str, Callable[[Settings], Finding]] = {
        "python": _python,
        "opencv": _opencv,
        "bar codes": _barcodes,
        "models": _models,
        "trust anchors": _anchors,
        "database": _database,
        "data folder": _data_dir,
        "profile": _profile,
    }
    for name, examiner in examiners.items():
        try:
            yield examiner(chosen)
        except HonmonoError as error:
            yield Finding(name, State.BROKEN, str(error))
        except Exception as error:  # a doctor that falls ill himself helps nobody
            yield Finding(name, State.BROKEN, f"could not be examined: {type(error).__name__}")


def _python(_: Settings) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    state = State.OK if sys.version_info >= (3, 11) else State.BROKEN
    return Finding("python", state, version if state is State.OK else f"{version}; 3.11 or newer is needed")


def _opencv(_: Settings) -> Finding:
    """opencv-python-headless writes into the folder of opencv-python: the last one installed wins."""
    installed = {name.lower() for name in _installed() if name.lower().startswith("opencv-")}
    rivals = sorted(installed - {"opencv-python"})
    if rivals:
        return Finding(
            "opencv", State.BROKEN, f"{', '.join(rivals)} shares a folder with opencv-python: uninstall it"
        )
    try:
        cv2 = importlib.import_module("cv2")
    except ImportError as error:
        return Finding(
            "opencv",
            State.BROKEN,
            f"cannot be loaded ({error}); system packages: libgl1 libglib2.0-0 libxcb1",
        )
    return Finding("opencv", State.OK, str(cv2.__version__))


def _installed() -> Iterator[str]:
    for distribution in metadata.distributions():
        yield distribution.metadata["Name"] or ""


def _barcodes(_: Settings) -> Finding:
    try:
        importlib.import_module("pyzbar.pyzbar")
    except (ImportError, OSError):
        return Finding(
            "bar codes",
            State.LIMITED,
            "system package libzbar0 is missing: zxing-cpp reads bar codes alone, with no second reader",
        )
    return Finding("bar codes", State.OK, "zxing-cpp, and zbar as the second reader")


def _models(chosen: Settings) -> Finding:
    from service.models import manifest, model_bytes

    entries = manifest(chosen.models_dir)
    for id in entries:
        model_bytes(id, chosen.models_dir)
    return Finding("models", State.OK, f"{len(entries)} with the pinned digest: {', '.join(sorted(entries))}")


def _anchors(chosen: Settings) -> Finding:
    from service.chip import TrustStore

    trust = TrustStore.load(chosen.trust_dir, chosen.trust_profile)
    loaded = f"{len(trust.anchors)} loaded for profile {trust.profile}"
    unavailable = [item for item in trust.unavailable if item.entry.profile == trust.profile]
    absent = [f"{item.entry.file} {item.fault.value}" for item in unavailable]
    if trust.status()["trust_store"] == "ready":
        return Finding("trust anchors", State.OK, loaded)
    text = ", ".join([loaded, *absent])
    return Finding(
        "trust anchors", State.LIMITED, f"{text}: chips cannot be confirmed (docs/trust-anchors.md)"
    )


def _profile(chosen: Settings) -> Finding:
    if chosen.trust_profile == "production":
        return Finding("profile", State.OK, "production")
    return Finding("profile", State.LIMITED, f"{chosen.trust_profile}: verdicts say nothing of real cards")


def _data_dir(chosen: Settings) -> Finding:
    folder = chosen.data_dir
    if not folder.exists():
        return Finding("data folder", State.OK, "will be made at the first start")
    mode = folder.stat().st_mode & 0o777
    if mode & 0o077:
        return Finding("data folder", State.LIMITED, f"others may look into it (mode {mode:o}): chmod 700")
    return Finding("data folder", State.OK, "private")


def _database(chosen: Settings) -> Finding:
    from service.store.database import Database

    if chosen.database_url is None and not chosen.data_dir.exists():
        return Finding("database", State.OK, "SQLite, will be made at the first start")
    database = Database(chosen.effective_database_url)
    try:
        if not database.available():
            return Finding("database", State.BROKEN, "does not answer: see HONMONO_DATABASE_URL")
        return Finding("database", State.OK, database.engine.dialect.name)
    finally:
        database.close()
