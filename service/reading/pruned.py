"""The recogniser's pruned copy: where it lies and how it is opened, without needing the ``onnx`` package."""

from __future__ import annotations

import hashlib
from pathlib import Path

import onnxruntime

from service.models import manifest
from service.reading.charsets import CHARSETS
from service.settings import settings

__all__ = ["kept_signs", "pruned_path", "pruned_session"]

MODEL = "text-recogniser"


def kept_signs() -> frozenset[str]:
    """Every sign that some field or label can hold."""
    return frozenset().union(*(item.signs for item in CHARSETS.values()))


def pruned_path() -> Path:
    """Place of the pruned copy, named after the digests of the source model and of the kept signs."""
    source = manifest()[MODEL].sha256
    signs = hashlib.sha256("".join(sorted(kept_signs())).encode()).hexdigest()
    return settings().cache_dir / f"{MODEL}-{source[:16]}-{signs[:16]}.onnx"


def pruned_session() -> onnxruntime.InferenceSession | None:
    """A single-threaded session over the pruned copy, None where it has not been made."""
    path = pruned_path()
    if not path.is_file():
        return None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
