"""Trust anchors in force, typed by purpose and profile (contract §4).

The anchors of the profile in force are ``TrustAnchor``; those of every other profile are ``ForeignAnchor``,
which can be recognised but never trusted; passport signers are ``CountrySigner``. The three types share no
base, so none passes where another is asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from service.chip.anchors import AnchorEntry, AnchorFault, Purpose, Unavailable, load_anchor, read_entries
from service.chip.certificate import Certificate
from service.settings import TrustProfile

__all__ = ["CountrySigner", "ForeignAnchor", "ForeignCountrySigner", "TrustAnchor", "TrustStore"]


@dataclass(frozen=True, slots=True)
class TrustAnchor:
    """A CA of residence cards that the profile in force trusts."""

    file: str
    certificate: Certificate
    generation: int


@dataclass(frozen=True, slots=True)
class ForeignAnchor:
    """A CA of residence cards of another profile: known, not trusted."""

    file: str
    certificate: Certificate
    generation: int
    profile: str


@dataclass(frozen=True, slots=True)
class CountrySigner:
    """A country signing CA of travel documents, in the profile in force."""

    file: str
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class ForeignCountrySigner:
    """A country signing CA of another profile: known, not trusted."""

    file: str
    certificate: Certificate
    profile: str


class _Signer(Protocol):
    @property
    def certificate(self) -> Certificate: ...


_S = TypeVar("_S", bound=_Signer)


@dataclass(frozen=True, slots=True)
class TrustStore:
    """Every listed anchor, loaded or named as unavailable."""

    profile: TrustProfile
    anchors: tuple[TrustAnchor, ...] = ()
    foreign: tuple[ForeignAnchor, ...] = ()
    country_signers: tuple[CountrySigner, ...] = ()
    foreign_country_signers: tuple[ForeignCountrySigner, ...] = ()
    unavailable: tuple[Unavailable, ...] = ()
    """Listed, of any profile, but missing or refused."""

    @classmethod
    def load(cls, folder: Path, profile: TrustProfile) -> TrustStore:
        """The store of a folder. A missing or refused file is named and does not stop anything.

        Raises:
            ConfigurationError: ``anchors.json`` itself cannot be understood.
        """
        anchors: list[TrustAnchor] = []
        foreign: list[ForeignAnchor] = []
        signers: list[CountrySigner] = []
        foreign_signers: list[ForeignCountrySigner] = []
        unavailable: list[Unavailable] = []
        for entry in read_entries(folder):
            loaded = load_anchor(folder, entry)
            if isinstance(loaded, Unavailable):
                unavailable.append(loaded)
                continue
            certificate, generation = loaded
            if entry.purpose is Purpose.CSCA and entry.profile == profile:
                signers.append(CountrySigner(entry.file, certificate))
            elif entry.purpose is Purpose.CSCA:
                foreign_signers.append(ForeignCountrySigner(entry.file, certificate, entry.profile))
            elif entry.profile == profile:
                anchors.append(TrustAnchor(entry.file, certificate, generation))
            else:
                foreign.append(ForeignAnchor(entry.file, certificate, generation, entry.profile))
        return cls(
            profile,
            tuple(anchors),
            tuple(foreign),
            tuple(signers),
            tuple(foreign_signers),
            tuple(unavailable),
        )

    @property
    def digest(self) -> str:
        """SHA-256 over the profile and the certificates that it trusts, lower-case hex."""
        trusted = [anchor.certificate for anchor in self.anchors] + [
            signer.certificate for signer in self.country_signers
        ]
        lines = sorted(hashlib.sha256(certificate.der).hexdigest() for certificate in trusted)
        return hashlib.sha256("\n".join((self.profile, *lines)).encode()).hexdigest()

    def complete_for(self, generation: int) -> bool:
        """Whether every anchor listed for cards of this generation is loaded, and there is one."""
        gaps = any(entry.generation in (generation, None) for entry in self._gaps())
        return not gaps and any(anchor.generation == generation for anchor in self.anchors)

    def issuer_of(self, certificate: Certificate, generation: int) -> TrustAnchor | None:
        """The trusted anchor that signed a card's certificate."""
        candidates = [anchor for anchor in self.anchors if anchor.generation == generation]
        return _signer_of(certificate, candidates)

    def recognise(self, certificate: Certificate, generation: int) -> ForeignAnchor | None:
        """The anchor of another profile that signed a card's certificate."""
        candidates = [anchor for anchor in self.foreign if anchor.generation == generation]
        return _signer_of(certificate, candidates)

    def country_signer_of(self, certificate: Certificate) -> CountrySigner | None:
        """The trusted country signing CA that signed a document signer's certificate."""
        return _signer_of(certificate, [s for s in self.country_signers if _may_be_of(certificate, s)])

    def recognise_country_signer(self, certificate: Certificate) -> ForeignCountrySigner | None:
        """The country signing CA of another profile that signed a document signer's certificate."""
        candidates = [s for s in self.foreign_country_signers if _may_be_of(certificate, s)]
        return _signer_of(certificate, candidates)

    def names_key_of_country_signer(self, certificate: Certificate) -> bool:
        """Whether a certificate names the key of a trusted country signing CA as its issuer's."""
        named = certificate.authority_key_id
        return named is not None and any(s.certificate.subject_key_id == named for s in self.country_signers)

    def has_country_signer_for(self, certificate: Certificate) -> bool:
        """Whether a country signing CA of the state that a certificate names is trusted."""
        return any(_may_be_of(certificate, signer) for signer in self.country_signers)

    def status(self) -> dict[str, object]:
        """For ``/readyz``: ``ready`` or ``no_anchor``; the files in force, missing and refused."""
        ready = bool(self.anchors) and not any(True for _ in self._gaps())
        return {
            "trust_store": "ready" if ready else "no_anchor",
            "loaded_anchors": [
                *(anchor.file for anchor in self.anchors),
                *(signer.file for signer in self.country_signers),
            ],
            "missing_anchors": self._named(AnchorFault.MISSING),
            "refused_anchors": self._named(AnchorFault.REFUSED),
        }

    def _gaps(self) -> Iterator[AnchorEntry]:
        """Listed anchors of residence cards in the profile in force that are not loaded."""
        return (
            item.entry
            for item in self.unavailable
            if item.entry.profile == self.profile and item.entry.purpose is Purpose.RESIDENCE_CARD
        )

    def _named(self, fault: AnchorFault) -> list[str]:
        """Files of one fault: a missing one matters only in the profile in force, a refused one always."""
        return [
            item.entry.file
            for item in self.unavailable
            if item.fault is fault and (fault is AnchorFault.REFUSED or item.entry.profile == self.profile)
        ]


def _may_be_of(certificate: Certificate, signer: _Signer) -> bool:
    """Whether a country signing CA is worth trying: the key that is named, or one of the same state."""
    key_id, country = certificate.authority_key_id, certificate.issuer_country
    same_key = key_id is not None and key_id == signer.certificate.subject_key_id
    return same_key or (bool(country) and country == signer.certificate.subject_country)


def _signer_of(certificate: Certificate, candidates: list[_S]) -> _S | None:
    """The candidate whose key signed: those whose key identifier fits first, since all share one name."""
    fitting = certificate.authority_key_id

    def rank(candidate: _S) -> bool:
        return fitting is None or candidate.certificate.subject_key_id != fitting

    ordered = sorted(candidates, key=rank)
    return next((item for item in ordered if certificate.issued_by(item.certificate)), None)
