"""The additive model as an ONNX graph, built node by node: what the service runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from scripts.training.additive import LIMIT_BITS, Additive

__all__ = ["onnx_bytes"]

OPSET = 17
NODES = (
    ("IsNaN", ("margins",), "missing"),
    ("Not", ("missing",), "measured_flag"),
    ("Cast", ("measured_flag",), "measured"),
    ("Where", ("missing", "one", "margins"), "at"),
    ("Unsqueeze", ("at", "last"), "at_3"),
    ("Sub", ("starts", "at_3"), "below"),
    ("Div", ("below", "widths"), "parts"),
    ("Clip", ("parts", "zero", "one"), "pieces"),
    ("Mul", ("pieces", "rises"), "risen"),
    ("ReduceSum", ("risen", "last"), "rise"),
    ("Mul", ("rise", "measured"), "rise_measured"),
    ("OneHot", ("states", "depth", "on_off"), "state_flags"),
    ("Mul", ("state_flags", "offsets"), "state_bits"),
    ("ReduceSum", ("state_bits", "last"), "base"),
    ("Add", ("base", "rise_measured"), "free"),
    ("Max", ("free", "lowest"), "floored"),
    ("Min", ("floored", "highest"), "within"),
    ("Greater", ("states", "silent"), "spoken_flag"),
    ("Cast", ("spoken_flag",), "spoken"),
    ("Mul", ("within", "spoken"), "terms"),
    ("ReduceSum", ("terms", "columns"), "sum"),
    ("Abs", ("sum",), "size"),
    ("Max", ("size", "limit"), "bound"),
    ("Div", ("limit", "bound"), "share"),
    ("Mul", ("terms", "share"), "bits"),
)
"""Operation, inputs, output. The last four hold the whole within its limit and share the cut evenly."""


def _constants(model: Additive) -> dict[str, NDArray[Any]]:
    tables = {
        name: getattr(model, name).astype(np.float32)
        for name in ("starts", "widths", "rises", "offsets", "lowest", "highest")
    }
    return {
        **tables,
        "zero": np.array(0, np.float32),
        "one": np.array(1, np.float32),
        "limit": np.array(LIMIT_BITS, np.float32),
        "silent": np.array(0, np.int64),
        "depth": np.array(5, np.int64),
        "on_off": np.array([0, 1], np.float32),
        "last": np.array([2], np.int64),
        "columns": np.array([1], np.int64),
    }


def _node(operation: str, inputs: tuple[str, ...], output: str) -> Any:
    options: dict[str, Any] = {}
    if operation == "Cast":
        options = {"to": TensorProto.FLOAT}
    if operation == "ReduceSum":
        options = {"keepdims": int(output == "sum")}
    return helper.make_node(operation, list(inputs), [output], name=output, **options)


def onnx_bytes(model: Additive, facts: Mapping[str, Any]) -> bytes:
    """The file: inputs ``states`` (n, checks) int64 and ``margins`` float32, output ``bits`` (n, checks)."""
    width = len(model.checks)
    graph = helper.make_graph(
        [_node(*node) for node in NODES],
        "card-forgery",
        [
            helper.make_tensor_value_info("states", TensorProto.INT64, ["n", width]),
            helper.make_tensor_value_info("margins", TensorProto.FLOAT, ["n", width]),
        ],
        [helper.make_tensor_value_info("bits", TensorProto.FLOAT, ["n", width])],
        [numpy_helper.from_array(value, name) for name, value in _constants(model).items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    stated = {"checks": list(model.checks), **facts}
    helper.set_model_props(made, {key: json.dumps(value) for key, value in stated.items()})
    onnx.checker.check_model(made, full_check=True)
    data: bytes = made.SerializeToString()
    return data
