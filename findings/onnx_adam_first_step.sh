#!/usr/bin/env bash
# onnx 1.23.2: the operator Adam makes a first step of 3.16 times the learning rate.
#
# ai.onnx.preview.training.Adam gets "the update count T, that is, the number of training iterations
# conducted": 0 at the first update. Its bias correction is asked for T > 0 only.
# Expected (Kingma & Ba 2015, algorithm 1): m and v start at 0, both are corrected in every step, and the
# first step moves each coordinate by the learning rate, whatever the gradient's size.
# Seen: with T = 0, 1, 2, ... the first step is not corrected at all: (1 - 0.9) / sqrt(1 - 0.999) = 3.16
# rates; every later step is corrected for the step before it. What exports an optimiser to ONNX has to
# count from 1, against the words of the operator. The checker accepts both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "onnx==1.23.2" "numpy==2.3.5"
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from onnx import TensorProto, checker, defs, helper
from onnx.reference import ReferenceEvaluator

DOMAIN = "ai.onnx.preview.training"
RATE = 0.01
INPUTS = {"R": (), "T": (), "X": (3,), "G": (3,), "V": (3,), "H": (3,)}


def value(name, shape):
    kind = TensorProto.INT64 if name == "T" else TensorProto.FLOAT
    return helper.make_tensor_value_info(name, kind, shape)


node = helper.make_node(
    "Adam", [*INPUTS], ["X_new", "V_new", "H_new"], domain=DOMAIN, alpha=0.9, beta=0.999, epsilon=1e-8
)
outputs = [value(name, (3,)) for name in ("X_new", "V_new", "H_new")]
graph = helper.make_graph([node], "adam", [value(*item) for item in INPUTS.items()], outputs)
opsets = [helper.make_opsetid(DOMAIN, 1), helper.make_opsetid("", 22)]
model = helper.make_model(graph, opset_imports=opsets)
checker.check_model(model)
evaluator = ReferenceEvaluator(model)


def steps(first):
    """Sizes of four steps in rates, with one gradient, counted from `first`."""
    x = v = h = np.zeros(3, np.float32)
    gradient = np.array([1, -2, 0.5], np.float32)
    sizes = []
    for count in range(first, first + 4):
        new, v, h = evaluator.run(
            None,
            {"R": np.float32(RATE), "T": np.int64(count), "X": x, "G": gradient, "V": v, "H": h},
        )
        sizes.append(np.abs(new - x) / RATE)
        x = new
    return np.round(sizes, 3)


schema = defs.get_schema("Adam", 1, DOMAIN)
said = "the number of training iterations conducted"
print("the operator says: T is", said)
print("steps in learning rates, T = 0, 1, 2, 3:", *steps(0).tolist(), sep="\n  ")
print("steps in learning rates, T = 1, 2, 3, 4:", *steps(1).tolist(), sep="\n  ")
assert said in schema.doc, "changed: the words about T"
assert np.allclose(steps(0)[0], 0.1 / np.sqrt(0.001), atol=2e-3), "changed: the first step"
assert np.allclose(steps(1), 1.0, atol=2e-3), "changed: the count from 1"
print("as described")
PYTHON
