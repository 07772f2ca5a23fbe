"""``honmono verify``: one card from files, one report on the terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import ValidationError
from rich.console import Console

from service.cli.environment import use_profile
from service.cli.exits import of_verdict
from service.cli.render import show
from service.errors import Fault, NoEvidence, RequestInvalid
from service.evidence import Role
from service.report import Report, standard_detail
from service.settings import Settings, TrustProfile
from service.submission import Detail, Submission, TiltAxis, VerifyRequest

__all__ = ["run", "submission", "verify"]

Language = Literal["en", "ja"]


def _file(help: str) -> Any:
    return typer.Option(exists=True, dir_okay=False, readable=True, help=help)


def _request(file: Path | None, detail: Detail | None, axis: TiltAxis | None) -> VerifyRequest:
    try:
        asked = json.loads(file.read_bytes()) if file else {}
        if not isinstance(asked, dict):
            raise RequestInvalid("the request file must hold a JSON object")
        chosen = {"detail": detail, "tilt_axis": axis}
        return VerifyRequest.model_validate(asked | {k: v for k, v in chosen.items() if v is not None})
    except ValidationError as error:
        faults = [Fault("/" + "/".join(map(str, e["loc"])), e["msg"]) for e in error.errors()]
        raise RequestInvalid("the request file breaks the schema", *faults) from error
    except ValueError as error:
        raise RequestInvalid("the request file is not JSON") from error


def submission(
    pictures: dict[Role, Path | None], chip: Path | None, tilt: list[Path], request: VerifyRequest
) -> Submission:
    """The files of a command as a submission; NoEvidence without front, back and chip."""
    given = {role: path.read_bytes() for role, path in pictures.items() if path is not None}
    if not chip and not {Role.FRONT, Role.BACK} & given.keys():
        raise NoEvidence("give a picture of the front, --back, or --chip")
    if tilt and request.tilt_axis is None:
        raise RequestInvalid("say how the card was tilted: --tilt-axis vertical, horizontal or rotate")
    frames = {str(request.tilt_axis): tuple(path.read_bytes() for path in tilt)} if tilt else {}
    return Submission(pictures=given, tilt=frames, chip=chip.read_bytes() if chip else None, request=request)


def run(given: Submission, chosen: Settings, language: Language = "en") -> Report:
    """Verify a submission now. The engine is loaded here, so that other commands start without it."""
    from service.store.ids import verification_id
    from service.verify import Engine

    now = datetime.now(UTC)
    engine = Engine.load(chosen)
    return engine.verify(given, now=now, verification_id=verification_id(now), language=language)


def verify(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FRONT]",
            exists=True,
            dir_okay=False,
            help="Picture of the front; with --tilt, further files are frames.",
        ),
    ] = None,
    back: Annotated[Path | None, _file("Picture of the back.")] = None,
    chip: Annotated[Path | None, _file("Chip dump: JSON or ZIP.")] = None,
    tilt: Annotated[list[Path] | None, _file("Frame of a tilt sequence, in order.")] = None,
    tilt_axis: Annotated[TiltAxis | None, typer.Option(help="How the card was tilted.")] = None,
    see_through: Annotated[Path | None, _file("Back with a light behind the card.")] = None,
    companion: Annotated[Path | None, _file("Data page of the holder's passport.")] = None,
    request: Annotated[Path | None, _file("JSON file with the `request` part of the HTTP interface.")] = None,
    detail: Annotated[Detail | None, typer.Option(help="full adds measures and regions.")] = None,
    profile: Annotated[TrustProfile | None, typer.Option(help="Whose anchors count as real.")] = None,
    language: Annotated[Language, typer.Option(help="Of the sentences.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON on standard output.")] = False,
) -> None:
    """Verify one card from files. Nothing is stored.

    Exit codes: 0 nothing against the card, 1 forged or invalid, 2 wrong use, 3 suspect, 4 inconclusive,
    5 nothing decodable, 70 a fault of ours.
    """
    positional = list(files or [])
    frames = list(tilt or [])
    if len(positional) > 1 and not frames:
        raise typer.BadParameter("one picture of the front; the other side goes with --back")
    asked = _request(request, detail, tilt_axis)
    given = submission(
        {
            Role.FRONT: positional[0] if positional else None,
            Role.BACK: back,
            Role.SEE_THROUGH: see_through,
            Role.COMPANION: companion,
        },
        chip,
        frames + positional[1:],
        asked,
    )
    report = run(given, use_profile(profile), language)
    if as_json:
        shown = report.full_detail() if asked.detail == "full" else standard_detail(report)
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        show(report, Console())
    raise typer.Exit(of_verdict(report.verdict))
