"""Which shape has this array, and why? Answered by runs of the kit's own sizes."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from grader.diagnosis.repair.edits import is_atom
from grader.diagnosis.repair.program import Unit
from grader.integrity.dossier.asking.measured_figures import code
from grader.integrity.dossier.measuring.array_shapes import (
    CELL_RUNS,
    RNN_RUNS,
    LetterShape,
    cell_meanings,
    lettered,
    rnn_meanings,
)
from grader.integrity.dossier.measuring.laboratory import Laboratory
from grader.integrity.dossier.oral_question import Level, OralQuestion, QuestionDraft
from grader.integrity.dossier.own_program import OwnProgram
from grader.language import Message, say

PRODUCTS = {"dot", "matmul"}
Shapes = Callable[[list[str]], dict[str, LetterShape]]


def drafts(own: OwnProgram, lab: Laboratory) -> Iterator[QuestionDraft]:
    for topic, units in own.functions.items():
        for unit in units:
            shapes = _shapes(lab, topic, unit)
            if shapes is not None and topic != "update" and own.has_one_meaning(topic, unit):
                run = _run(topic)
                yield from _arrays(own, topic, unit, shapes, run)
                yield from _products(own, topic, unit, shapes, run)


def _run(topic: str) -> Message:
    if topic == "cell":
        B, I, H = CELL_RUNS[0]  # noqa: E741  # sizes as in the equations
        return say("Run with B={B}, I={I}, H={H}.", B=B, I=I, H=H)
    T, B, I, H, O = RNN_RUNS[0]  # noqa: E741  # likewise
    return say("Run with T={T}, B={B}, I={I}, H={H}, O={O}.", T=T, B=B, I=I, H=H, O=O)


def _shapes(lab: Laboratory, topic: str, unit: Unit) -> Shapes | None:
    if topic == "cell":
        if (cell := lab.cell) is None:
            return None

        def in_cell(texts: list[str], run: int) -> Mapping[str, tuple[int, ...]]:
            return cell.shapes(unit, texts, CELL_RUNS[run])

        return lambda texts: lettered(texts, in_cell, [cell_meanings(one) for one in CELL_RUNS])
    if (rnn := lab.rnn) is None:
        return None

    def in_rnn(texts: list[str], run: int) -> Mapping[str, tuple[int, ...]]:
        return rnn.shapes(unit, texts, RNN_RUNS[run])

    return lambda texts: lettered(texts, in_rnn, [rnn_meanings(one) for one in RNN_RUNS])


def _arrays(
    own: OwnProgram, topic: str, unit: Unit, shapes: Shapes, run: Message
) -> Iterator[QuestionDraft]:
    stored = _stored_once(own, unit)
    for text, shape in shapes(list(stored)).items():
        if len(shape.numbers) > 1:
            node = stored[text]
            lines = (node.lineno, node.end_lineno or node.lineno)
            make = partial(_array, own, lines, text, shape, run)
            weight = 1.5 if len(set(shape.letters)) > 1 else 1.0
            yield QuestionDraft(Level.READ, topic, "shape", lines, make, weight)


def _stored_once(own: OwnProgram, unit: Unit) -> dict[str, ast.stmt]:
    """Names that one statement of the function gives, and no other touches."""
    count: Counter[str] = Counter()
    found: dict[str, ast.stmt] = {}
    for node in ast.walk(unit.node):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            count[own.program.of(node)] += 1
        if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Name | ast.Constant):
            for target in node.targets:
                parts = target.elts if isinstance(target, ast.Tuple) else [target]
                found |= {
                    own.program.of(one): node
                    for one in parts
                    if is_atom(one) and not isinstance(one, ast.Subscript)
                }
    return {text: node for text, node in found.items() if count[text] == 1}


def _products(
    own: OwnProgram, topic: str, unit: Unit, shapes: Shapes, run: Message
) -> Iterator[QuestionDraft]:
    for node in ast.walk(unit.node):
        pair = _factors(node)
        if pair is None or not isinstance(node, ast.expr) or any(map(_calls, pair)):
            continue
        texts = [own.program.of(one) for one in (*pair, node)]
        found = shapes(texts)
        if len(found) == len(set(texts)) and all(len(found[t].numbers) == 2 for t in texts):  # noqa: PLR2004  # matrices
            lines = (node.lineno, node.end_lineno or node.lineno)
            make = partial(_product, own, lines, texts, [found[t] for t in texts], run)
            yield QuestionDraft(Level.EXPLAIN, topic, "product", lines, make, 1.5)


def _factors(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return node.left, node.right
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in PRODUCTS
    ):
        if len(node.args) == 2:  # noqa: PLR2004  # np.dot(a, b)
            return node.args[0], node.args[1]
        if len(node.args) == 1:
            return node.func.value, node.args[0]
    return None


def _calls(node: ast.expr) -> bool:
    return any(
        isinstance(one, ast.Call | ast.BinOp) for one in ast.walk(node) if one is not node
    ) or isinstance(node, ast.Call)


def _array(
    own: OwnProgram, lines: tuple[int, int], text: str, shape: LetterShape, run: Message
) -> OralQuestion:
    return OralQuestion(
        Level.READ,
        say(
            "Which shape has {name} after this line, in letters (T, B, I, H, O), and why?",
            name=code(text),
        ),
        say("{letters}; in this run {numbers}.", letters=shape.text, numbers=str(shape.numbers)),
        weak=say("Guesses, or knows the number of axes only."),
        strong=say("Derives each axis from the shapes of what stands on the right."),
        excerpt=own.excerpt(lines),
        measured=(run,),
    )


def _product(
    own: OwnProgram,
    lines: tuple[int, int],
    texts: list[str],
    shapes: list[LetterShape],
    run: Message,
) -> OralQuestion:
    left, right, whole = shapes
    gone = left.letters[1]
    return OralQuestion(
        Level.EXPLAIN,
        say("In {name}: over which axis does the product sum, and why is that sum the right one?", name=code(texts[2])),
        say(
            "{left} times {right} gives {whole}: the sum runs over {axis}.",
            left=left.text, right=right.text, whole=whole.text, axis=gone,
        ),
        weak=say("“So that the shapes fit.”"),
        strong=_why(gone),
        excerpt=own.excerpt(lines),
        measured=(run,),
    )  # fmt: skip


def _why(axis: str) -> Message:
    if axis in ("B", "T·B", "T"):
        return say("Every sequence uses the same weights, so their gradients add up.")
    return say("Each result adds up what all units (or inputs) of that axis contribute.")
