"""Coverage-guided fuzzing of everything that parses bytes of a chip.

    python -m scripts.fuzz_chip TARGET CORPUS [-max_total_time=300 ...]

TARGET is ``tlv``, ``dump``, ``certificate`` or ``sod``; CORPUS a folder, filled by the first run.
Needs ``atheris``, which is not installed with the service. A crash, a hang or an exception other than the
typed one of the parser is a finding, and becomes a test beside those of the parser.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

with atheris.instrument_imports(include=["service.chip", "asn1crypto"]):
    from service.chip import TrustStore, prove, read_dump
    from service.chip.certificate import load_certificate
    from service.chip.emrtd.document import read_document
    from service.chip.emrtd.passive import prove_document
    from service.chip.errors import CertificateError
    from service.chip.files import GENERATION_1, GENERATION_2, read_file
    from service.chip.tlv import parse

from scripts.chip_corpus import Authorities, plain
from scripts.specimens.der import indefinite
from scripts.specimens.dump import dump_hex, dump_json, dump_zip
from scripts.specimens.emrtd import emrtd_dump
from service.errors import Problem
from service.settings import Settings

__all__ = ["main"]

AT = datetime(2026, 11, 22, tzinfo=UTC)
LIMITS = Settings()
STORE = TrustStore("production")


def _tlv(data: bytes) -> None:
    parse(data)
    for specs in (GENERATION_1, GENERATION_2):
        for name, spec in specs.items():
            read_file(name, data, spec)


def _dump(data: bytes) -> None:
    try:
        reading = read_dump(data, LIMITS)
    except Problem:
        return
    prove(reading, STORE, AT)


def _certificate(data: bytes) -> None:
    try:
        loaded = load_certificate(data)
    except CertificateError:
        return
    loaded.issued_by(loaded)
    loaded.validity.state(AT)
    STORE.country_signer_of(loaded)


def _sod(data: bytes) -> None:
    document, _ = read_document({"EF.SOD": data, "EF.DG1": data[:93], "EF.COM": data[:40]})
    prove_document(document, STORE, AT)


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "tlv": _tlv,
    "dump": _dump,
    "certificate": _certificate,
    "sod": _sod,
}


def _seeds(target: str) -> Iterator[bytes]:
    authorities = Authorities.make()
    first, second = plain("gen1", authorities), plain("gen2", authorities)
    travel = plain("emrtd", authorities)
    if target == "tlv":
        yield from (*first.values(), *second.values())
    elif target == "dump":
        small = {name: data for name, data in second.items() if len(data) < 1000}
        yield from (dump_json(small), dump_zip(small), dump_hex(first), emrtd_dump(travel))
        yield from (b'{"rc2-card-type": "05", "rc2-sex": "1"}', b'{"type": "scan_result", "data": {}}')
    elif target == "certificate":
        for keys in authorities.keys.values():
            yield from (keys[0].certificate, indefinite(keys[0].certificate, depth=4) + bytes(9))
    else:
        yield travel["EF.SOD"]


def main() -> None:
    """Fuzz one target until the time that libFuzzer's own options set."""
    target, corpus = sys.argv[1], Path(sys.argv[2])
    corpus.mkdir(parents=True, exist_ok=True)
    if not any(corpus.iterdir()):
        for number, seed in enumerate(_seeds(target)):
            (corpus / f"seed-{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
