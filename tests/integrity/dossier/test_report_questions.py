"""What a report says that the program does not: asked about where it is so, and only there."""

from __future__ import annotations

import pytest

from grader.integrity.dossier.asking import ask_report
from grader.integrity.dossier.own_program import OwnProgram
from grader.integrity.dossier.own_report import OwnReport

PROGRAM = """
import numpy as np

LEARNING_RATE = 0.05


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.random.randn(input_size, hidden_size) * 0.1


def train_rnn_on_sequence():
    rnn = SimpleRNN(1, hidden_size=16, output_size=1)
    windows = np.lib.stride_tricks.sliding_window_view(np.arange(9.0), 3)
"""


def kinds(report: str, program: str = PROGRAM) -> set[str]:
    drafts = ask_report.drafts(OwnProgram.of(program), OwnReport(report), runs=True)
    return {draft.kind for draft in drafts}


@pytest.mark.parametrize(
    ("report", "kind"),
    [
        ("训练时学习率为 0.01，误差很小。", "number learning rate"),
        ("The learning rate was 0.01.", "number learning rate"),
        ("隐藏层维度设为 64。", "number hidden size"),
        ("We trained for epochs = 500.", "number epochs"),
        ("我在更新时使用了梯度裁剪。", "claim 梯度裁剪"),
        ("本实验用 Adam 训练。", "claim Adam"),
    ],
)
def test_what_the_program_does_not_have_is_asked_about(report: str, kind: str) -> None:
    assert kind in kinds(report)


@pytest.mark.parametrize(
    "report",
    [
        "学习率为 0.05，隐藏层维度为 16。",
        "学习率太大时训练会发散。",
        "梯度裁剪可以缓解梯度爆炸。",  # theory
        "我没有使用梯度裁剪。",
        "如果用 Adam，我想会更快。",
        "学习率每 10 轮衰减一次。",
        "",
    ],
)
def test_what_agrees_or_claims_nothing_is_left_alone(report: str) -> None:
    assert not {kind for kind in kinds(report) if kind.startswith(("number", "claim"))}


def test_a_claim_that_the_program_keeps_is_left_alone() -> None:
    clipped = PROGRAM.replace("* 0.1", "* 0.1\n        np.clip(self.W_xh, -1, 1, out=self.W_xh)")
    assert "claim 梯度裁剪" not in kinds("我在更新时使用了梯度裁剪。", clipped)


def test_the_answer_names_what_stands_there_instead() -> None:
    drafts = ask_report.drafts(OwnProgram.of(PROGRAM), OwnReport("学习率为 0.01。"), runs=True)
    question = next(one for one in drafts if one.kind == "number learning rate").make()
    assert "`LEARNING_RATE = 0.05` (4)" in str(question.answer)


def test_one_line_of_a_report_is_asked_about_once() -> None:
    both = "我用了梯度裁剪，学习率为 0.01，隐藏层维度为 64。"
    assert len({k for k in kinds(both) if k.startswith(("number", "claim"))}) == 1


def test_a_rare_construct_is_urgent_only_where_the_report_is_silent() -> None:
    def urgency(report: str) -> float:
        drafts = ask_report.drafts(OwnProgram.of(PROGRAM), OwnReport(report), runs=True)
        return next(one for one in drafts if one.kind == "feature").urgency

    assert urgency("") > 0
    assert urgency("我用 sliding_window_view 取窗口。") == 0
    assert urgency("梯度沿时间往回传。" * 300) == 0


@pytest.mark.parametrize(
    ("report", "says"),
    [
        ("", "No report came in"),
        (" \n", "No report came in"),
        ("略", "is empty, or nearly so"),
        ("梯度往回传。" * 20, "short as it is"),
    ],
)
def test_a_report_that_never_came_is_not_called_short(report: str, says: str) -> None:
    drafts = ask_report.drafts(OwnProgram.of(PROGRAM), OwnReport(report), runs=True)
    question = next(one for one in drafts if one.kind == "feature").make()
    assert says in str(question.reason)


def test_the_template_is_no_report() -> None:
    from grader.handout import template

    assert OwnReport(template.report()).is_empty
    assert not OwnReport(template.report() + "隐藏状态是到目前为止的摘要。" * 10).is_empty


def test_only_whole_sentences_are_asked_about() -> None:
    report = "损失对隐藏状态的梯度为如下的一个连乘的式子：\n\n$$x$$\n\n梯度每往回一步都要乘一次雅可比矩阵，所以会变小。\n"
    drafts = ask_report.drafts(OwnProgram.of(PROGRAM), OwnReport(report), runs=True)
    (one,) = [draft.make() for draft in drafts if draft.kind == "sentence"]
    assert one.excerpt.lines == ("梯度每往回一步都要乘一次雅可比矩阵，所以会变小。",)
    assert one.excerpt.first == 5
