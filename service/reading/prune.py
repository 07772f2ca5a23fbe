"""Write the recogniser's pruned copy into the cache: ``python -m service.reading.prune``.

Only the last layer changes: classes of signs that no field can hold are left out (18,710 become about
6,700), which spares their products and their part of the softmax. Needs the ``onnx`` package; without
this copy the full model gives the same readings, only a little slower.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from service.errors import ConfigurationError
from service.models import model_bytes
from service.reading.pruned import MODEL, kept_signs, pruned_path

__all__ = ["main", "prune"]

WEIGHT = "linear_8.w_0"
BIAS = "linear_8.b_0"
OUTPUT_CLASSES = -1


def prune() -> Path:
    """Make the pruned copy if it is not there; its path.

    ConfigurationError where ``onnx`` is not installed or the model is not built as expected.
    """
    path = pruned_path()
    if path.is_file():
        return path
    data = _pruned_bytes(model_bytes(MODEL))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)
    return path


def _pruned_bytes(source: bytes) -> bytes:
    try:
        import onnx
        from onnx import numpy_helper
    except ImportError as error:
        raise ConfigurationError("pruning the recogniser needs the package onnx") from error
    model = onnx.load_from_string(source)
    stored = {item.key: item for item in model.metadata_props}
    characters = stored["character"].value.split("\n")
    signs = kept_signs()
    kept = [i for i, sign in enumerate(characters) if sign in signs]
    columns = np.array([0, *(i + 1 for i in kept), len(characters) + 1])
    weights = {item.name: item for item in model.graph.initializer}
    if WEIGHT not in weights or BIAS not in weights:
        raise ConfigurationError("the recogniser's last layer is not where it is expected")
    weight, bias = numpy_helper.to_array(weights[WEIGHT]), numpy_helper.to_array(weights[BIAS])
    weights[WEIGHT].CopyFrom(numpy_helper.from_array(np.ascontiguousarray(weight[:, columns]), WEIGHT))
    weights[BIAS].CopyFrom(numpy_helper.from_array(np.ascontiguousarray(bias[columns]), BIAS))
    model.graph.output[0].type.tensor_type.shape.dim[OUTPUT_CLASSES].dim_value = len(columns)
    del model.graph.value_info[:]
    stored["character"].value = "\n".join(characters[i] for i in kept)
    return bytes(model.SerializeToString())


def main() -> None:
    """Make the copy and say where it is."""
    path = prune()
    print(f"{path} ({path.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
