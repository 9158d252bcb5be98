"""Reports that were written apart, as they are sent: own words between what all have alike."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from grader.handout import template

TEXTS = Path(__file__).with_name("reports_apart.txt")
ANSWER = re.compile(r"^> .*$", re.MULTILINE)
SECTION = re.compile(r"^#{2,4}\s+(\d+\.\d+[a-c]?)\b.*$", re.MULTILINE)
# What many have in the same words without having it from each other: a definition of the textbook,
# what the teacher said, and the equations that the assignment asks for.
TEXTBOOK = "循环神经网络（recurrent neural networks，RNNs）是具有隐状态的神经网络。"
LECTURE = "> 课堂笔记：同一组参数在每个时间步被反复使用，隐藏状态把过去的信息带到现在。"
EQUATIONS = r"""$$h_t=\tanh(W_{xh}x_t+W_{hh}h_{t-1}+b_h),\quad y_t=W_{hy}h_t+b_y$$

$$\frac{\partial h_t}{\partial h_k}=\prod_{j=k+1}^{t}\frac{\partial h_j}{\partial h_{j-1}}=\prod_{j=k+1}^{t}\mathrm{diag}(1-h_j^2)W_{hh}$$

$$c_t=f_t\odot c_{t-1}+i_t\odot\tilde c_t,\quad h_t=o_t\odot\tanh(c_t)$$"""


@cache
def own_words() -> dict[str, dict[str, str]]:
    """What each author wrote: section -> text."""
    found: dict[str, dict[str, str]] = {}
    for block in TEXTS.read_text(encoding="utf-8").split("=== ")[1:]:
        author, *lines = block.strip().split("\n")
        found[author] = dict(line.split(" ", 1) for line in lines)  # type: ignore[misc]
    return found


def report(author: str, words: dict[str, str]) -> str:
    """The whole report: headings of the template, what is common, and these words."""
    number = int(author)
    shared = {
        "1.1": TEXTBOOK if number % 3 == 0 else "",
        "1.3": LECTURE if number % 4 == 1 else "",
        "3.1": EQUATIONS if number % 5 else "",
    }
    return filled({key: shared.get(key, "") for key in ("1.1", "1.3", "3.1")} | words)


def filled(words: dict[str, str]) -> str:
    """The template with these answers; others stay open, as they do where nobody answered."""

    def answered(heading: re.Match[str]) -> str:
        text = words.get(heading[1], "")
        return f"{heading[0]}\n\n{text}" if text else heading[0]

    return SECTION.sub(answered, ANSWER.sub("", template.report()))


@cache
def written_apart() -> dict[str, str]:
    """The reports by author."""
    return {author: report(author, words) for author, words in own_words().items()}
