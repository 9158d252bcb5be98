"""What the assignment asks for: every name and every automatic question, once.

Whatever else must know a name of the assignment, or what a question is about, derives it from here;
`tests/test_contract.py` holds the configuration, the question files, the catalogue, the translations
and the notebook to it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

RNN, LSTM = "SimpleRNN", "LSTMCell"
SERIES, TRAINING = "generate_sequence_data", "train_rnn_on_sequence"
CONSTRUCTOR, FORWARD, BACKWARD, UPDATE = "__init__", "forward", "backward", "update_parameters"
STEP = "step"  # of an optimizer

CLASSES: Mapping[str, tuple[str, ...]] = {
    RNN: (CONSTRUCTOR, FORWARD, BACKWARD, UPDATE),
    LSTM: (CONSTRUCTOR, FORWARD),
}
FUNCTIONS = (SERIES, TRAINING)
NAMES = (*CLASSES, *FUNCTIONS)

# Optional: in bonus.py, or in rnn.py as well. Never needed for full marks.
GRU, BIDIRECTIONAL, DEEP, SEQ2SEQ = "GRUCell", "BidirectionalRNN", "DeepRNN", "Seq2Seq"
CLIP, MOMENTUM, ADAM, DROPOUT = "clip_by_norm", "Momentum", "Adam", "Dropout"
OPTIONAL_CLASSES: Mapping[str, tuple[str, ...]] = {
    GRU: (CONSTRUCTOR, FORWARD, BACKWARD),
    BIDIRECTIONAL: (CONSTRUCTOR, FORWARD, BACKWARD, UPDATE),
    DEEP: (CONSTRUCTOR, FORWARD, BACKWARD, UPDATE),
    SEQ2SEQ: (CONSTRUCTOR, FORWARD, BACKWARD, UPDATE),
    MOMENTUM: (CONSTRUCTOR, STEP),
    ADAM: (CONSTRUCTOR, STEP),
    DROPOUT: (CONSTRUCTOR, FORWARD, BACKWARD),
}
OPTIONAL_FUNCTIONS = (CLIP,)
OPTIONAL_NAMES = (*OPTIONAL_CLASSES, *OPTIONAL_FUNCTIONS)
ALL_CLASSES = {**CLASSES, **OPTIONAL_CLASSES}
ALL_FUNCTIONS = (*FUNCTIONS, *OPTIONAL_FUNCTIONS)
ALL_NAMES = (*NAMES, *OPTIONAL_NAMES)

GATES = ("f", "i", "c", "o")  # forget, input, candidate, output
PARAMETERS: Mapping[str, tuple[str, ...]] = {
    RNN: ("W_xh", "W_hh", "b_h", "W_hy", "b_y"),
    LSTM: tuple(f"{kind}_{gate}" for kind in "WUb" for gate in GATES),
    GRU: tuple(f"{kind}_{gate}" for kind in "WUb" for gate in "zrh"),
    BIDIRECTIONAL: (
        *(f"{array}_{way}" for way in ("forward", "backward") for array in ("W_xh", "W_hh", "b_h")),
        *("W_hy", "b_y"),
    ),
    DEEP: (
        *(f"{array}_{k}" for k in (1, 2, 3) for array in ("W_xh", "W_hh", "b_h")),
        "W_hy",
        "b_y",
    ),
    SEQ2SEQ: (
        *("W_xh_encoder", "W_hh_encoder", "b_h_encoder"),
        *("W_yh_decoder", "W_hh_decoder", "b_h_decoder", "W_hy", "b_y"),
    ),
}
# Names of arguments and results in the skeleton's docstrings.
ARGUMENTS = (
    *("input_size", "hidden_size", "output_size", "inputs", "d_outputs", "learning_rate"),
    *("input_t", "hidden_state", "cell_state", "seq_type", "length"),
    *("d_new_hidden_state", "num_layers", "gradients", "limit", "momentum", "beta1", "beta2"),
    *("epsilon", "rate", "training"),
)
RESULTS = (
    *("outputs", "hidden_states", "gradients", "parameters", "new_hidden_state", "new_cell_state"),
    *("losses", "predictions", "targets", "error_by_length", "figure"),
)

RecordKind = Literal["", "rnn", "lstm", "data"]


@dataclass(frozen=True, slots=True)
class AutomaticQuestion:
    """One question that the grader judges by itself."""

    name: str
    subject: str  # the name of the assignment that it is about
    parts: tuple[str, ...]  # parts of the catalogue of misconceptions that it draws on
    record: RecordKind = ""  # the record at the probe point that it is diagnosed from
    after: str = ""  # the definition after which the notebook asks it, if not its subject

    others: tuple[str, ...] = ()  # further names that it is about

    @property
    def definition(self) -> str:
        return self.after or self.subject

    @property
    def subjects(self) -> tuple[str, ...]:
        return (self.subject, *self.others)


QUESTIONS = (
    AutomaticQuestion("q4_1", RNN, ("init",), "rnn"),
    AutomaticQuestion("q4_2", RNN, ("forward",), "rnn"),
    AutomaticQuestion("q4_3", RNN, ("bptt",), "rnn"),
    AutomaticQuestion("q4_4", RNN, ("update",), "rnn"),
    AutomaticQuestion("q4_5", LSTM, ("init",), "lstm"),
    AutomaticQuestion("q4_6", LSTM, ("lstm",), "lstm"),
    AutomaticQuestion("q5_1", SERIES, ("data",), "data"),
    AutomaticQuestion("q5_2", RNN, ("forward", "bptt", "update"), "rnn", after=TRAINING),
    AutomaticQuestion("q5_3", TRAINING, ("training", "evaluation")),
)
# Asked only of those who have begun them.
OPTIONAL_QUESTIONS = (
    AutomaticQuestion("q6_1", GRU, ("gru",)),
    AutomaticQuestion("q6_2", BIDIRECTIONAL, ("bidirectional",)),
    AutomaticQuestion("q6_3", DEEP, ("deep",)),
    AutomaticQuestion("q6_4", SEQ2SEQ, ("seq2seq",)),
    AutomaticQuestion("q6_5", CLIP, ("tools",), after=DROPOUT, others=(MOMENTUM, ADAM, DROPOUT)),
)
BY_NAME = {question.name: question for question in (*QUESTIONS, *OPTIONAL_QUESTIONS)}


def record_of_part(part: str) -> str:
    """The record by which misconceptions in this part of a program are told; "" for none."""
    return next((each.record for each in BY_NAME.values() if part in each.parts), "")


def is_stub(function: ast.FunctionDef) -> bool:
    """Whether a method or function is there as it was handed out: nothing is written in it."""
    return all(map(says_nothing, function.body))


def says_nothing(statement: ast.stmt) -> bool:
    """Whether a statement is what stands in a stub: a text, `pass`, `...`, NotImplementedError."""
    if isinstance(statement, ast.Raise):
        return "NotImplementedError" in ast.unparse(statement)
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_text or isinstance(statement, ast.Pass)
