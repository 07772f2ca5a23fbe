"""ONNX models: listed in one manifest, verified by SHA-256 at every load, run on a fixed number of threads.

``models/manifest.json`` is a list of ``{"id", "file", "sha256", "card"}``. ``file`` is a path beside the
manifest, or ``package:NAME/PATH`` for a file inside an installed package (found without importing it).
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import onnxruntime

from service.errors import ConfigurationError, DigestMismatch
from service.settings import settings

__all__ = ["ModelFile", "manifest", "model_bytes", "session"]


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One line of the manifest."""

    id: str
    file: str
    sha256: str
    """Lower-case hex digest of the whole file."""
    card: str | None = None
    """Model card beside the manifest."""

    def path(self, folder: Path) -> Path:
        """Where the file lies; ConfigurationError where its package is not installed."""
        if not self.file.startswith("package:"):
            return folder / self.file
        package, _, inner = self.file.removeprefix("package:").partition("/")
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise ConfigurationError(
                f"model {self.id}: package {package} is not installed; run the set-up again"
            )
        return Path(spec.submodule_search_locations[0]) / inner


@lru_cache(maxsize=4)
def manifest(folder: Path | None = None) -> Mapping[str, ModelFile]:
    """The models by id; ConfigurationError where the manifest is missing or broken."""
    path = (folder or settings().models_dir) / "manifest.json"
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {row["id"]: ModelFile(**row) for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"models/manifest.json cannot be read: {type(error).__name__}") from error


def model_bytes(id: str, folder: Path | None = None) -> bytes:
    """The bytes of a model after checking its digest.

    Raises ConfigurationError for an unlisted or absent file and DigestMismatch for other bytes than pinned.
    """
    place = folder or settings().models_dir
    entry = manifest(folder).get(id)
    if entry is None:
        raise ConfigurationError(f"model {id} is not in models/manifest.json")
    try:
        data = entry.path(place).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"model {id}: its file is absent") from error
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        raise DigestMismatch(f"model {id}: SHA-256 differs from the manifest; the file was refused")
    return data


@lru_cache(maxsize=16)
def session(id: str, threads: int | None = None) -> onnxruntime.InferenceSession:
    """An ONNX Runtime session for a model, made once per process and thread count.

    Raises what ``model_bytes`` raises, and ConfigurationError for a file that is no model.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or settings().onnx_threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    data = model_bytes(id)
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime has no common class of its own for what it refuses
        raise ConfigurationError(f"model {id}: ONNX Runtime refused the file") from error
