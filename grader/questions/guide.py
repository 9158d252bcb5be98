"""What each question asks, how exactly it is compared, and where the course speaks of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader import contract
from grader.assignment import Question, load
from grader.checks import probe_point
from grader.faults import KitFault
from grader.language import Message, say
from grader.questions.otter_import import ExceptionTestFile
from grader.questions.worth import scale

PUBLIC = Path(__file__).with_name("public")
MOST_PITFALLS = 8

STRUCTURE = say("Lecture 3, “循环神经网络的结构”: the basic structure (基本结构)")
TRAINING = say(
    "Lecture 3, “循环神经网络的训练方法”: forward and backward pass (前向传播与反向传播)"
)
GRADIENTS = say(
    "Lecture 3, “循环神经网络的训练方法”: vanishing and exploding gradients (梯度消失与梯度爆炸)"
)
GATES = say("Lecture 3, “循环神经网络的结构”: LSTM (长短期记忆网络) and GRU (门控循环单元)")
SERIES = say("Lecture 3, “循环神经网络的应用”: time series (时间序列预测)")
PAGES_STATE = say(
    "Lecture notes, “深度学习简介：循环神经网络”, pages 6 to 8: sharing parameters, the state"
)
PAGES_BPTT = say(
    "Lecture notes, “RNN的类型与训练”, pages 18 to 21: loss, BPTT, the chain rule over time"
)
PAGES_VANISHING = say(
    "Lecture notes, “RNN的类型与训练”, pages 22 to 24: when gradients vanish or explode"
)
PAGES_LSTM = say("Lecture notes, “LSTM：解决RNN的局限”, pages 36 to 40: cell state and gates")
PAGES_LSTM_GRADIENT = say(
    "Lecture notes, “LSTM：解决RNN的局限”, pages 41 and 42: why its gradient lasts"
)
PAGES_TRANSLATION = say("Lecture notes, “机器翻译的编码器与解码器”, page 14: encoder and decoder")
REGULARISATION = say("Lecture 3, “循环神经网络的训练方法”: regularisation (正则化技术)")
EQUATIONS = say("Model equations, 3.1: the RNN (RNN的数学模型)")
EQUATIONS_LSTM = say("Model equations, 3.2: the LSTM (LSTM的数学模型)")


@dataclass(frozen=True, slots=True)
class Guide:
    """One question in words."""

    asks: Message
    lecture: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One public case."""

    name: str
    points: float
    claim: Message | None


GUIDES = {
    "q1": Guide(
        say("Explain the ten concepts of Part 1 in your own words, with pictures of your own if you can."),
        (STRUCTURE, GATES, GRADIENTS, PAGES_STATE),
    ),
    "q2": Guide(
        say("Answer the three questions of Part 2: why recurrence, RNN against LSTM against GRU, and both directions."),
        (STRUCTURE, GATES, PAGES_STATE),
    ),
    "q3": Guide(
        say("Derive how a gradient travels from time t back to time k, and say when it vanishes or explodes."),
        (GRADIENTS, PAGES_BPTT, PAGES_VANISHING, PAGES_LSTM_GRADIENT),
    ),
    "q4_1": Guide(
        say("SimpleRNN(input_size, hidden_size, output_size) makes five arrays of the right shapes; weights random, small, different from one another."),
        (STRUCTURE, EQUATIONS),
    ),
    "q4_2": Guide(
        say("forward(inputs (T,B,I)) runs through the time steps from a zero state and returns outputs (T,B,O) and hidden_states (T,B,H)."),
        (STRUCTURE, TRAINING, PAGES_STATE, EQUATIONS),
    ),
    "q4_3": Guide(
        say("backward(d_outputs (T,B,O)) goes back through time and returns every parameter's gradient, summed over time and batch."),
        (TRAINING, PAGES_BPTT, PAGES_VANISHING),
    ),
    "q4_4": Guide(
        say("update_parameters(learning_rate) takes one plain step of gradient descent with the gradients of the last backward."),
        (TRAINING, PAGES_BPTT),
    ),
    "q4_5": Guide(
        say("LSTMCell(input_size, hidden_size) makes W, U and b for each of the four gates."),
        (GATES, PAGES_LSTM, EQUATIONS_LSTM),
    ),
    "q4_6": Guide(
        say("forward(input_t (B,I), hidden_state (B,H), cell_state (B,H)) makes one step and returns the new hidden and the new cell state."),
        (GATES, PAGES_LSTM, EQUATIONS_LSTM),
    ),
    "q5_1": Guide(
        say("generate_sequence_data(seq_type, length) returns the first terms of a sequence as float64, and refuses what it does not know."),
        (SERIES,),
    ),
    "q5_2": Guide(
        say("The grader trains your SimpleRNN on sequences of its own and looks at what it predicts for new ones: all of Part 4 has to work together."),
        (TRAINING, SERIES, PAGES_VANISHING),
    ),
    "q5_3": Guide(
        say("train_rnn_on_sequence() is a whole experiment: data split by time, training, prediction on what training never saw, error by sequence length, a figure."),
        (SERIES, TRAINING, PAGES_VANISHING),
    ),
    "q6_1": Guide(
        say("Optional. GRUCell(input_size, hidden_size): forward(input_t (B,I), hidden_state (B,H)) makes one step in either published form, backward gives the gradient of every parameter and of both arguments."),
        (GATES,),
    ),
    "q6_2": Guide(
        say("Optional. BidirectionalRNN reads the sequence forwards and backwards; outputs see both, and backward runs through time in both directions."),
        (STRUCTURE,),
    ),
    "q6_3": Guide(
        say("Optional. DeepRNN: every layer reads the states of the one below; backward runs through time and through all layers."),
        (STRUCTURE,),
    ),
    "q6_4": Guide(
        say("Optional. Seq2Seq: an encoder's last state begins a decoder, which reads the targets (teacher forcing) or its own outputs (free running); backward goes all the way back."),
        (PAGES_TRANSLATION,),
    ),
    "q6_5": Guide(
        say("Optional. clip_by_norm, Momentum, Adam and Dropout: each a few lines, each by its equations."),
        (GRADIENTS, REGULARISATION),
    ),
}  # fmt: skip


def question(name: str) -> Question:
    """The row of the table of points. Raises KeyError for a name that is not there."""
    return {each.name: each for each in load().questions}[name]


@cache
def public_cases(name: str) -> tuple[Case, ...]:
    """The cases that students see; none for a written question."""
    path = PUBLIC / f"{name}.py"
    if question(name).written:
        return ()
    if not path.is_file():
        raise KitFault(f"{path} is missing")
    cases = ExceptionTestFile.from_file(str(path)).test_cases
    return tuple(Case(case.name, case.points * scale(name), _claim(case)) for case in cases)


def _claim(case: object) -> Message | None:
    claim = getattr(getattr(getattr(case, "body", None), "test_func", None), "claim", None)
    return claim if isinstance(claim, Message) else None


def tolerances(name: str) -> tuple[Message, ...]:
    """How close a result has to come, in the numbers that decide."""
    numbers = load().tolerances
    reference = say(
        "Relative error per array, norm of the difference over the sum of the norms: below {float64} in float64, {float32} in float32.",
        float64=numbers.reference_float64,
        float32=numbers.reference_float32,
    )
    numeric = say(
        "Against central differences of your own forward: relative error per array below {float64} in float64, {float32} in float32.",
        float64=numbers.numeric_float64,
        float32=numbers.numeric_float32,
    )
    relative = say(
        "Relative error of each term at most {limit}.",
        limit=load().learning["q5_1"]["relative_error"],
    )
    table = {
        "q4_2": (reference,),
        "q4_3": (numeric, reference),
        "q4_4": (reference,),
        "q4_6": (reference,),
        "q5_1": (relative,),
        "q5_2": _learning_tolerance(),
        "q5_3": _experiment_tolerances(),
    }
    return table.get(name, ())


def _learning_tolerance() -> tuple[Message, ...]:
    shown = load().learning["q5_2"]["fibonacci"]
    return (
        say(
            "After {iterations} updates at learning rate {rate}, at least {threshold} of the held-out predictions are right (public sequence).",
            iterations=shown["iterations"],
            rate=shown["rate"],
            threshold=shown["threshold"],
        ),
    )


def _experiment_tolerances() -> tuple[Message, ...]:
    limits = load().learning["q5_3"]
    return (
        say(
            "{epochs} losses or more, and the last tenth at most {falls} of the first; {predictions} predictions or more; {lengths} sequence lengths or more; {seconds} seconds at most.",
            epochs=limits["fewest_epochs"],
            falls=limits["loss_falls"],
            predictions=limits["fewest_predictions"],
            lengths=limits["fewest_lengths"],
            seconds=load().limits.training_seconds,
        ),
    )


def pitfalls(name: str, language: str) -> tuple[str, ...]:
    """Hints of common misconceptions: one a family, the families with most variants first."""
    parts = contract.BY_NAME[name].parts if name in contract.BY_NAME else ()
    hints = [hint for hint in probe_point.hints().values() if hint.part in parts]
    families = Counter(hint.family for hint in hints)
    first = {hint.family: hint for hint in reversed(hints)}
    chosen = [first[family] for family, _ in families.most_common(MOST_PITFALLS)]
    return tuple(hint.zh if language == "zh" else hint.en for hint in chosen)


def names() -> Iterator[str]:
    return (each.name for each in load().questions)
