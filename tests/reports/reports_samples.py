"""Grades as a class brings them: good, middling, awful and hostile, made without grading."""

from __future__ import annotations

import io
import math
import random
from dataclasses import replace
from functools import cache
from hashlib import sha256

from PIL import Image, ImageDraw

from grader.language import Message, say
from grader.records import (
    CaseResult,
    Exhibit,
    FileRecord,
    Grade,
    QuestionResult,
    Status,
    Verdict,
)
from grader.reports.wording import Wording

# question -> (English title, Chinese title, public cases, hidden cases), cases with their points
QUESTIONS: dict[str, tuple[str, str, dict[str, float], dict[str, float]]] = {
    "q4_1": ("SimpleRNN: parameters", "SimpleRNN:参数", {"shapes": 1}, {"sizes": 2, "scale": 1}),
    "q4_2": (
        "SimpleRNN: forward pass",
        "SimpleRNN:前向传播",
        {"golden": 2, "shapes": 1},
        {"reference": 3, "one_step": 1, "long": 1},
    ),
    "q4_3": (
        "SimpleRNN: backpropagation through time",
        "SimpleRNN:随时间反向传播(BPTT)",
        {"gradient": 3, "keys": 1},
        {"reference": 5, "long": 2, "speed": 1},
    ),
    "q4_4": (
        "SimpleRNN: parameter update",
        "SimpleRNN:参数更新",
        {"descent": 1},
        {"all_parameters": 3},
    ),
    "q4_5": ("LSTMCell: parameters", "LSTMCell:参数", {"shapes": 1}, {"sizes": 2}),
    "q4_6": (
        "LSTMCell: forward pass",
        "LSTMCell:前向传播",
        {"golden": 3},
        {"reference": 4, "batch": 1, "pure": 1},
    ),
    "q5_1": (
        "Sequence data",
        "序列数据",
        {"fibonacci": 1, "sine": 1},
        {"large": 2, "unknown_type": 1},
    ),
    "q5_2": (
        "Your network learns hidden sequences",
        "你的网络学习隐藏序列",
        {"learns": 2},
        {"modulo": 2, "product": 2, "echo": 2},
    ),
    "q5_3": (
        "Training and evaluation",
        "训练与评估",
        {"keys": 2, "losses_fall": 1},
        {"held_out": 2, "lengths": 2},
    ),
}
HINTS = {
    "bptt_without_recurrence": {
        "en": (
            "The gradient does not flow back through time",
            "h_t reaches the loss by two ways, y_t and h_{t+1}. Which does your dh hold?",
        ),
        "zh": (
            "梯度没有沿时间传回去",
            "时刻 t 的隐藏状态通过两条路影响损失:y_t 和 h_{t+1}。你的 dh 里包含了哪一条?",
        ),
    },
    "fibonacci_int64": {
        "en": (
            "Fibonacci numbers overflow",
            "Look at the sign of the 93rd number. How large can an int64 be?",
        ),
        "zh": ("斐波那契数溢出", "看看第 93 个数的符号:int64 最大能存多大的数?"),
    },
    "lstm_no_tanh_on_cell": {
        "en": ("The cell state leaves without tanh", "What squashes c before the output gate?"),
        "zh": ("细胞状态输出前缺少 tanh", "在乘输出门之前,c 要经过什么函数?"),
    },
    "gradient_divided_by_batch": {
        "en": ("Gradients divided by the batch size", "The contract asks for sums, not means."),
        "zh": ("梯度除以了批大小", "约定要求对批求和,而不是取平均。"),
    },
}


def wording(language: str) -> Wording:
    return Wording(
        language=language,
        questions={
            **{name: row[language == "zh"] for name, row in QUESTIONS.items()},
            "q1": "第一部分:核心概念" if language == "zh" else "Part 1: concepts",
            "q2": "第二部分:问题解答" if language == "zh" else "Part 2: questions",
            "q3": "第三部分:推导" if language == "zh" else "Part 3: derivation",
        },
        possible={name: sum({**_points(row)}.values()) for name, row in QUESTIONS.items()},
        written={"q1": 15, "q2": 12, "q3": 13},
        hints={name: texts[language] for name, texts in HINTS.items()},
    )


def _points(row: tuple[str, str, dict[str, float], dict[str, float]]) -> dict[str, float]:
    return {f"{kind}.{case}": p for kind, cases in enumerate(row[2:]) for case, p in cases.items()}


def question(
    name: str,
    lost: dict[str, tuple[Verdict, Message | None, str]] | None = None,
    *,
    public_only: bool = False,
) -> QuestionResult:
    """All cases passed but `lost`: {"gradient" or "hidden gradient": (verdict, message, name)}."""
    lost = lost or {}
    cases = []
    _, _, public, hidden = QUESTIONS[name]
    for is_hidden, table in ((False, public), (True, {} if public_only else hidden)):
        for case, possible in table.items():
            key = f"hidden {case}" if is_hidden else case
            verdict, message, diagnosis = lost.get(key, (Verdict.PASSED, None, ""))
            earned = possible if verdict is Verdict.PASSED else 0.0
            cases.append(CaseResult(case, is_hidden, verdict, earned, possible, message, diagnosis))
    return QuestionResult(
        name, sum(c.points for c in cases), sum(c.possible for c in cases), tuple(cases)
    )


def grade(
    student_id: str = "2023001",
    name: str = "张三",
    lost: dict[str, dict[str, tuple[Verdict, Message | None, str]]] | None = None,
    *,
    public_only: bool = False,
    exhibits: tuple[Exhibit, ...] = (),
) -> Grade:
    lost = lost or {}
    return Grade(
        student_id=student_id,
        name=name,
        status=Status.GRADED,
        questions=tuple(question(q, lost.get(q), public_only=public_only) for q in QUESTIONS),
        sha256=sha256(student_id.encode()).hexdigest(),
        kit="1.1.0 3f9a2c",
        sandbox="bubblewrap+landlock+seccomp",
        seed="9c1e",
        seconds=1.8,
        files=(FileRecord(f"ml-6-{name}-{student_id}.py", "0" * 64, 5120, "source"),),
        submitted_at="2024-11-20T21:15:03+08:00",
        exhibits=exhibits,
    )


def good() -> Grade:
    return grade(exhibits=exhibits())


def middling() -> Grade:
    """BPTT without the recurrent term, Fibonacci in int64, an error seen only by hidden cases."""
    flow = (
        Verdict.FAILED,
        say(
            "backward(d_outputs: (6, 3, 2)) gave dW_hh that is off by 0.41; it should agree with the "
            "numerical gradient of your own forward to 1e-06. It is first wrong at time step {step}.",
            step=4,
        ),
        "bptt_without_recurrence",
    )
    kind = (Verdict.FAILED, say("The gradient of {name} is wrong.", name="W_hh"), flow[2])
    return grade(
        "2023014",
        "欧阳晓明",
        {
            "q4_3": {"gradient": flow, "hidden reference": kind, "hidden long": kind},
            "q4_6": {
                "hidden pure": (
                    Verdict.FAILED,
                    say("The arrays that were passed in have changed."),
                    "",
                )
            },
            "q5_1": {
                "hidden large": (
                    Verdict.FAILED,
                    say("Large Fibonacci numbers are wrong."),
                    "fibonacci_int64",
                )
            },
            "q5_2": {
                "hidden echo": (
                    Verdict.FAILED,
                    say("After training, the error on held-out sequences is too large."),
                    "",
                )
            },
            "q5_3": {"hidden lengths": (Verdict.TIMED_OUT, say("It ran longer than 20 s."), "")},
        },
        exhibits=exhibits(broken=True),
    )


def awful() -> Grade:
    """A crash in the first function, the rest of the file never written."""
    stub = (Verdict.NOT_IMPLEMENTED, say("{name} is not implemented yet.", name="backward"), "")
    crash = (
        Verdict.CRASHED,
        say("SimpleRNN(3, 4, 2) raised {error}", error="NameError: name 'nn' is not defined"),
        "",
    )
    lost = {
        name: {
            **dict.fromkeys(row[2], crash if name == "q4_1" else stub),
            **{f"hidden {case}": stub for case in row[3]},
        }
        for name, row in QUESTIONS.items()
    }
    awful = grade("2023099", "Li Lei", lost)
    first = awful.questions[0]
    cases = (replace(first.cases[0], printed="hello from __init__\nsizes: 3 4 2"), *first.cases[1:])
    return replace(
        awful,
        status=Status.NEEDS_REVIEW,
        late=True,
        questions=(replace(first, cases=cases), *awful.questions[1:]),
        notes=(say("The report (.md) is missing."),),
    )


HOSTILE = (
    '<script>alert(1)</script><img src=x onerror="alert(2)">'
    "\u202egnp.exe\u202c {{ 7*7 }} \x1b[31mred\x1b[0m\x1b]0;title\x07 [red]rich[/red] "
    '=HYPERLINK("http://evil.invalid") </style></svg><svg onload=alert(3)>'
)


def hostile() -> Grade:
    """Everything a student can choose, chosen badly."""
    secret = (
        Verdict.CRASHED,
        say("It raised {error}", error="ValueError: inputs[0] = 0.123456 " + HOSTILE),
        HOSTILE,
    )
    base = grade(
        "../../etc/passwd",
        HOSTILE + "超长" * 3000,
        {"q4_2": {"golden": secret, "hidden reference": secret}},
        exhibits=(
            Exhibit("q5_3", "figure", say("{x}", x=HOSTILE), png=b"<svg onload=alert(4)>"),
            Exhibit("q5_3", "figure", say("bomb"), png=png_bomb()),
            Exhibit(
                "q4_3",
                "gradient",
                say("{x}", x=HOSTILE),
                labels=(HOSTILE, "$\\frac{", "梯" * 500, "\U0001f9a0"),
                grid=((math.nan, 1.0), (math.inf,), (), (-1.0, 1e308, 0.0)),
            ),
            Exhibit(
                "q5_3", "losses", say("l"), series={"losses": (math.nan, 1e308, -1e308, math.inf)}
            ),
            Exhibit("q5_2", "prediction", say("p"), series={"predicted": (), "true": (1.0,)}),
            Exhibit("q9_9", HOSTILE, say("unknown kind")),
        ),
    )
    first = base.questions[1]
    cases = tuple(replace(case, printed=HOSTILE + "\n" * 999) for case in first.cases)
    questions = (base.questions[0], replace(first, cases=cases), *base.questions[2:])
    return replace(base, questions=questions)


def exhibits(*, broken: bool = False) -> tuple[Exhibit, ...]:
    losses = tuple(0.9 * math.exp(-i / 60) + 0.01 + 0.01 * math.sin(i) ** 2 for i in range(300))
    true = tuple(math.sin(2 * math.pi * i / 12) for i in range(60))
    shift = 1 if broken else 0
    predicted = tuple(0.97 * math.sin(2 * math.pi * (i - shift) / 12 + 0.03) for i in range(60))
    grid = tuple(
        tuple((0.4 / (1 + t) if broken and row == 1 else 1e-12 * (row + 1)) for t in range(6))
        for row in range(5)
    )
    return (
        Exhibit("q5_3", "figure", say("Your own figure"), png=figure_png()),
        Exhibit("q5_3", "losses", say("Loss while training"), series={"losses": losses}),
        Exhibit(
            "q5_2",
            "prediction",
            say("Prediction of your network"),
            series={"predicted": predicted, "true": true},
        ),
        Exhibit(
            "q4_3",
            "gradient",
            say("Where the gradient is off"),
            labels=("W_xh", "W_hh", "b_h", "W_hy", "b_y"),
            grid=grid,
        ),
    )


@cache
def figure_png() -> bytes:
    image = Image.new("RGB", (640, 400), "white")
    draw = ImageDraw.Draw(image)
    line = [(40 + i, 200 - 150 * math.sin(i / 40)) for i in range(560)]
    draw.line(line, fill="#1f77b4", width=3)
    draw.rectangle((40, 30, 600, 370), outline="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@cache
def png_bomb() -> bytes:
    """A few kilobytes that ask for 400 megapixels."""
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG", optimize=True)
    return out.getvalue()


def classroom(size: int, seed: int = 1) -> list[Grade]:
    """`size` students of every kind, drawn from a fixed seed."""
    rng = random.Random(seed)
    makers = [good, good, middling, middling, awful]
    surnames = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
    given = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞"
    students = []
    for number in range(size):
        made = rng.choice(makers)()
        name = rng.choice(surnames) + "".join(rng.sample(given, rng.choice((1, 2))))
        students.append(
            replace(
                _with_luck(made, rng),
                student_id=f"2023{number:05d}",
                name=name,
                seconds=round(rng.uniform(0.8, 6.5), 2),
                late=rng.random() < 0.06,
            )
        )
    return students


def _with_luck(made: Grade, rng: random.Random) -> Grade:
    """Some cases of some questions fail besides, with a diagnosis or without one."""
    questions = []
    for result in made.questions:
        cases = tuple(
            replace(
                case,
                verdict=Verdict.FAILED,
                points=0.0,
                message=say("The result is wrong."),
                diagnosis=rng.choice(["", *HINTS]),
            )
            if case.verdict is Verdict.PASSED and rng.random() < 0.08
            else case
            for case in result.cases
        )
        questions.append(replace(result, cases=cases, score=sum(case.points for case in cases)))
    status = Status.NEEDS_REVIEW if rng.random() < 0.03 else made.status
    return replace(made, questions=tuple(questions), status=status)
