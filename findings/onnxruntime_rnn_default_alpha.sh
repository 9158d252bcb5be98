#!/usr/bin/env bash
# onnxruntime 1.32.0: inside RNN, GRU and LSTM, ThresholdedRelu has the threshold 0 where none is given.
#
# ONNX says of activation_alpha and activation_beta of the three operators: "Default values are the same as
# of corresponding ONNX operators". The operator ThresholdedRelu has alpha 1.0, in the same runtime too.
# Expected: an RNN of one step with W = 1, R = 0 and no bias gives what the operator gives by itself, with
# its defaults, for every activation that is also an operator.
# Seen: so it is for LeakyRelu, Elu and HardSigmoid; ThresholdedRelu lets everything above 0 through, as a
# Relu. With activation_alpha = [1.0] it is right. (Affine and ScaledTanh, which are no operators any more,
# get alpha = beta = 0 and make every output 0.) Nothing is reported, the checker accepts the model.
# Who writes such a model should give activation_alpha and activation_beta for every activation that has them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  "onnxruntime==1.32.0" "onnx==1.23.2" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import onnxruntime
from onnx import TensorProto, checker, helper

POINTS = np.array([-2.0, -0.5, 0.25, 0.5, 0.75, 1.5, 2.5], dtype=np.float32)


def run(node, feeds, rank):
    """The first output of a model of this node alone."""
    inputs = [helper.make_tensor_value_info(k, TensorProto.FLOAT, v.shape) for k, v in feeds.items()]
    output = helper.make_tensor_value_info("Y", TensorProto.FLOAT, [None] * rank)
    graph = helper.make_graph([node], "one", inputs, [output])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    checker.check_model(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
    return session.run(None, feeds)[0].ravel()


def cell(activation, **attributes):
    """One step of an RNN of one unit, each point a sequence of the batch."""
    node = helper.make_node(
        "RNN", ["X", "W", "R"], ["Y"], hidden_size=1, activations=[activation], **attributes
    )
    weight = np.ones((1, 1, 1), np.float32)
    return run(node, {"X": POINTS.reshape(1, -1, 1), "W": weight, "R": 0 * weight}, 4)


print("points                          ", POINTS)
for activation, same in (("LeakyRelu", True), ("Elu", True), ("HardSigmoid", True), ("ThresholdedRelu", False)):
    alone = run(helper.make_node(activation, ["X"], ["Y"]), {"X": POINTS}, 1)
    inside = cell(activation)
    print(f"{activation:16} by itself       ", alone.round(3))
    print(f"{activation:16} in an RNN       ", inside.round(3))
    assert np.allclose(alone, inside, atol=1e-6) == same, f"changed: {activation}"
assert np.array_equal(inside, np.maximum(POINTS, 0)), "changed: it is no Relu"
given = cell("ThresholdedRelu", activation_alpha=[1.0])
print(f"{activation:16} in an RNN, 1.0  ", given)
assert np.array_equal(given, alone), "changed: a given alpha is not used"
for activation in ("Affine", "ScaledTanh"):
    inside = cell(activation)
    print(f"{activation:16} in an RNN       ", inside)
    assert not inside.any(), f"changed: {activation} has other defaults"
print("as described")
PYTHON
