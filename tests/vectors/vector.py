"""A vector: a dump made by code, what surrounds it, and exactly what the chip checks must say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from service.checks.base import run_checks
from service.checks.case import Case
from service.checks.chip import CHECKS
from service.chip import TrustStore, prove, read_dump
from service.evidence import FieldReading
from service.settings import TrustProfile
from service.verdict import CheckResult, Policy
from tests.chip.world import AT, LIMITS, Listed, trust_folder


@dataclass(frozen=True)
class Given:
    """What a vector hands to the service."""

    dump: bytes
    anchors: tuple[Listed, ...]
    profile: TrustProfile = "production"
    fields: tuple[FieldReading, ...] = ()


@dataclass(frozen=True)
class Vector:
    """One story with its expected findings."""

    id: str
    story: str
    make: Callable[[], Given]
    expected: frozenset[tuple[str, str, str]]
    """(check, result, reason) of every chip check."""
    twin: str | None
    """The intact vector from which this one differs in one thing."""


@dataclass
class Vectors:
    """The registry; the id of a vector is the name of its function."""

    items: dict[str, Vector] = field(default_factory=dict)

    def add(
        self, *expected: tuple[str, str], twin: str | None = None
    ) -> Callable[[Callable[[], Given]], Callable[[], Given]]:
        """Register a function; ``expected`` holds (result, reason) in the order of the checks."""

        def register(make: Callable[[], Given]) -> Callable[[], Given]:
            ids = (check.id for check in CHECKS)
            found = frozenset((id, *pair) for id, pair in zip(ids, expected, strict=True))
            name = make.__name__
            self.items[name] = Vector(name, make.__doc__ or "", make, found, twin)
            return make

        return register


def answer(given: Given, folder: Path) -> tuple[CheckResult, ...]:
    """What the chip checks say."""
    store = TrustStore.load(trust_folder(folder, *given.anchors), given.profile)
    reading = read_dump(given.dump, LIMITS)
    case = Case(
        reference_time=AT,
        trust_profile=given.profile,
        fields=given.fields,
        chip=reading,
        chip_proof=prove(reading, store, AT),
    )
    return run_checks(CHECKS, case, Policy("test", "1"))
