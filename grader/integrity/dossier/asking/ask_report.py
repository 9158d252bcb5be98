"""Questions on the report beside the program: what contradicts it, what goes far beyond it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import partial

from grader.integrity.dossier.asking.measured_figures import code
from grader.integrity.dossier.oral_question import Excerpt, Level, OralQuestion, QuestionDraft
from grader.integrity.dossier.own_program import OwnProgram
from grader.integrity.dossier.own_report import OwnReport, Sentence
from grader.integrity.dossier.program_features import ProgramFeature, features, numbers
from grader.language import Message, say

CONTRADICTS, BEYOND = 3.0, 2.0  # how urgent
NUMBER = r"(?<![\d.])(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\d.]*[%×·^])"
BETWEEN = r"[^\d。；;,，\n]{0,12}?(?:=|＝|:|：|为|是|设为|设成|取|用了|of|was|is|to)\s*\$?\s*"
SETTINGS = {
    "learning rate": (say("learning rate"), r"(?:学习率|learning[ _]rate|\blr\b)", r"lr|rate|eta|alpha|step"),
    "hidden size": (say("hidden size"), r"(?:隐藏层?(?:单元数?|维度|大小)|hidden[ _](?:size|units|dim\w*))", r"hid|units|^H$"),
    "epochs": (say("number of epochs"), r"(?:训练轮数|迭代次数|epochs?)", r"epoch|iter|round"),
}  # fmt: skip
OWN_WORK = re.compile(
    r"我|本实验|本作业|本次|代码(?:中|里)|实现(?:中|里)|程序(?:中|里)|\b(?:I|we|my|our)\b|in (?:the|my) code",
    re.IGNORECASE,
)
NOT_DONE = re.compile(
    r"没有|没用|未|不用|不需要|可以|如果|若|\b(?:not|no|could|would|might|without|if)\b",
    re.IGNORECASE,
)
CLAIMS = (
    (re.compile(r"梯度裁剪|gradient clipping|clipped", re.IGNORECASE), re.compile(r"clip|裁剪|norm|minimum|maximum|\bmin\(|\bmax\(")),
    (re.compile(r"\bAdam\b"), re.compile(r"adam|beta|m_hat|sqrt", re.IGNORECASE)),
    (re.compile(r"dropout", re.IGNORECASE), re.compile(r"drop|mask|keep", re.IGNORECASE)),
    (re.compile(r"动量|momentum", re.IGNORECASE), re.compile(r"momentum|veloc|动量|beta|\bmu\b|\bv\b", re.IGNORECASE)),
    (re.compile(r"Xavier|Glorot"), re.compile(r"xavier|glorot|sqrt|\*\* ?-?0\.5|/ ?\(", re.IGNORECASE)),
)  # fmt: skip
TERMS = re.compile(
    r"梯度|隐藏状态|遗忘门|输入门|输出门|雅可比|奇异值|特征值|连乘|gradient|Jacobian|hidden state|gate|singular",
    re.IGNORECASE,
)
WHOLE = re.compile(r"[\w\u4e00-\u9fff].*[。.]")  # no formula, no list, no part of another one
LEAST, MOST = 24, 150  # characters of a sentence that is asked about


def drafts(own: OwnProgram, report: OwnReport, *, runs: bool) -> Iterator[QuestionDraft]:
    """`runs`: the program does, so that sentences can be shown in it."""
    asked: set[int] = set()
    for line, draft in (*_numbers(own, report), *_claims(own, report)):
        if line not in asked:  # one question about one line is enough
            asked.add(line)
            yield draft
    yield from _features(own, report)
    if runs:
        yield from _sentences(report)


def _numbers(own: OwnProgram, report: OwnReport) -> Iterator[tuple[int, QuestionDraft]]:
    known = numbers(own.program.tree)
    for name, (words, said, called) in SETTINGS.items():
        pattern = re.compile(said + BETWEEN + NUMBER, re.IGNORECASE)
        for sentence in report.sentences():
            found = pattern.search(sentence.text)
            if found and float(found[1]) not in known:
                make = partial(_missing_number, own, sentence, found[1], words, called)
                yield (
                    sentence.line,
                    QuestionDraft(
                        Level.EXPLAIN, "report", f"number {name}", None, make, urgency=CONTRADICTS
                    ),
                )
                break


def _missing_number(
    own: OwnProgram, sentence: Sentence, number: str, words: Message, called: str
) -> OralQuestion:
    there = list(_assigned(own, re.compile(called, re.IGNORECASE)))
    answer = say("{number} stands nowhere in the program.", number=number)
    if there:
        answer = say(
            "{number} stands nowhere in the program; it has {there}.",
            number=number,
            there="; ".join(there[:3]),
        )
    return OralQuestion(
        Level.EXPLAIN,
        say(
            "Your report gives {number} as the {words}. Where is that in your program, and which value gave the figures?",
            number=number,
            words=words,
        ),
        answer,
        weak=say("Repeats the report, or finds no line."),
        strong=say(
            "Names the value that was run, and says what the other one would do to the curve."
        ),
        excerpt=sentence.excerpt,
        reason=say("The report gives a number that the program does not have."),
    )


def _assigned(own: OwnProgram, called: re.Pattern[str]) -> Iterator[str]:
    """Assignments of numbers to names like these: "lr = 0.05 (line 120)"."""
    for node in ast.walk(own.program.tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.keyword) and isinstance(
            node.value, ast.Constant
        ):
            targets = (
                node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            )
            names = (
                [node.arg]
                if isinstance(node, ast.keyword)
                else [getattr(one, "id", getattr(one, "attr", "")) for one in targets]
            )
            for name in names:
                if name and called.search(name) and isinstance(node.value.value, int | float):
                    yield f"`{name} = {node.value.value}` ({node.value.lineno})"


def _claims(own: OwnProgram, report: OwnReport) -> Iterator[tuple[int, QuestionDraft]]:
    code = _code_without_comments(own)
    for claimed, present in CLAIMS:
        if present.search(code):
            continue
        for sentence in report.sentences():
            found = claimed.search(sentence.text)
            if found and OWN_WORK.search(sentence.text) and not NOT_DONE.search(sentence.text):
                make = partial(_unkept, sentence, found[0])
                yield (
                    sentence.line,
                    QuestionDraft(
                        Level.EXPLAIN,
                        "report",
                        f"claim {found[0]}",
                        None,
                        make,
                        urgency=CONTRADICTS,
                    ),
                )
                break


def _code_without_comments(own: OwnProgram) -> str:
    return ast.unparse(own.program.tree)


def _unkept(sentence: Sentence, what: str) -> OralQuestion:
    return OralQuestion(
        Level.EXPLAIN,
        say("Your report says so. Show the line of your program that does it: {what}.", what=what),
        say("Nothing in the program looks like it; perhaps another version was run."),
        weak=say("Searches in vain, or shows a line that does something else."),
        strong=say(
            "Shows it, or says at once that the report is ahead of the code, and what the line would be."
        ),
        excerpt=sentence.excerpt,
        reason=say("The report claims something that the program does not show."),
    )


def _features(own: OwnProgram, report: OwnReport) -> Iterator[QuestionDraft]:
    for feature in features(own.program.tree):
        beyond = feature.rare and report.is_short and not report.speaks_of(feature.name)
        make = partial(_feature, own, feature, _why_beyond(report) if beyond else None)
        yield QuestionDraft(
            Level.EXPLAIN, "craft", "feature", feature.lines, make,
            weight=2.0, urgency=BEYOND if beyond else 0.0,
        )  # fmt: skip


def _why_beyond(report: OwnReport) -> Message:
    if not report.text.strip():
        return say("No report came in that could speak of what this line does.")
    if report.is_empty:
        return say("The report is empty, or nearly so: it does not speak of what this line does.")
    return say("The report, short as it is, does not speak of what this line does.")


def _feature(own: OwnProgram, feature: ProgramFeature, reason: Message | None) -> OralQuestion:
    return OralQuestion(
        Level.EXPLAIN,
        say(
            "What does {name} do on this line, and how would you write it without?",
            name=code(feature.name),
        ),
        feature.meaning,
        weak=say("“It makes it faster”, “I found it like that”."),
        strong=say("Explains it on this line's own arrays and writes the plain loop at once."),
        excerpt=own.excerpt(feature.lines),
        reason=reason,
    )


def _sentences(report: OwnReport) -> Iterator[QuestionDraft]:
    for sentence in report.sentences():
        if (
            LEAST <= len(sentence.text) <= MOST
            and WHOLE.fullmatch(sentence.text)
            and TERMS.search(sentence.text)
        ):
            yield QuestionDraft(
                Level.EXPLAIN, "report", "sentence", None, partial(_sentence, sentence), weight=0.3
            )


def _sentence(sentence: Sentence) -> OralQuestion:
    excerpt = Excerpt(sentence.line, (sentence.text,), of_report=True)
    return OralQuestion(
        Level.EXPLAIN,
        say(
            "You wrote this in your report. Say it again in other words, and show the line of your program that it is about."
        ),
        say("Their own words, and a line that fits; listen for the “because”."),
        weak=say("Reads the sentence again, or can point to no line."),
        strong=say("Explains every term in it on the program, and gives an example with numbers."),
        excerpt=excerpt,
    )
