"""Ways to make another's report look like one's own; each from (author's words, rng) to a report."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from tests.integrity.similarity import reports

Words = dict[str, str]
SENTENCE = re.compile(r"[^。；？！]*[。；？！]?")
# Applied from left to right, the longest first.
SYNONYMS = dict(
    line.split()
    for line in """\
隐藏状态 隐状态
循环网络 递归网络
全连接 稠密连接
感知机 前馈网
时间步 时刻
正向 前向
梯度 导数
参数 权值
序列 数列
训练 学习
误差 偏差
长度 长短
位置 地方
信息 讯息
网络 模型
句子 语句
因为 由于
所以 因此
但是 不过
可是 然而
如果 假如
可以 能够
不能 无法
需要 得有
没有 未有
已经 早已
最后 末了
最前面 最早
开头 起头
之前 以前
之后 以后
记住 记得
知道 晓得
东西 事物
时候 时刻
一样 相同
相同 一样
消失 丧失
爆炸 发散
例如 譬如
非常 十分
接近 靠近
几乎 差不多
每一步 每步
前面 先前
后面 随后
当前 眼下
过去 从前
未来 将来
看见 看到
只有 仅有
必须 务必
还是 仍是
也就 便
越 愈
很 颇
都 全
把 将
和 与
只 仅
就 便
这 此
想 打算""".splitlines()
)
SYNONYM = re.compile("|".join(sorted(SYNONYMS, key=len, reverse=True)))
PUNCTUATION = str.maketrans("，。；：、！？（）", ",.;:/!?()")
OTHER_MARKS = str.maketrans("，。；、", "；！，，")
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
ENGLISH = {"1.2": "Hidden state", "1.4": "Vanishing", "1.5": "Exploding", "2.1": "Why RNN", "2.2": "Compare",
           "2.3": "Bidirectional", "3.3": "LSTM"}  # fmt: skip


def punctuation(text: str, _rng: Random) -> str:
    return text.translate(OTHER_MARKS)


def half_width(text: str, _rng: Random) -> str:
    return text.translate(PUNCTUATION)


def full_width(text: str, _rng: Random) -> str:
    return text.translate(WIDE)


def traditional(text: str, _rng: Random) -> str:
    converted: str = _converter().convert(text)
    return converted


def few_synonyms(text: str, rng: Random) -> str:
    """Every third word that has one."""
    return SYNONYM.sub(lambda found: SYNONYMS[found[0]] if rng.random() < 1 / 3 else found[0], text)


def all_synonyms(text: str, _rng: Random) -> str:
    return SYNONYM.sub(lambda found: SYNONYMS[found[0]], text)


def sentences_shuffled(text: str, rng: Random) -> str:
    sentences = [each for each in SENTENCE.findall(text) if each]
    rng.shuffle(sentences)
    return "".join(sentences)


def a_list(text: str, _rng: Random) -> str:
    return "\n".join(f"- **{each}**" for each in SENTENCE.findall(text) if each)


def padded(text: str, rng: Random) -> str:
    """A filler of one's own before every other sentence."""
    fillers = ("我个人认为，", "换句话说，", "众所周知，", "简单来讲，", "根据我的理解，")
    return "".join(
        (rng.choice(fillers) if rng.random() < 0.5 else "") + each
        for each in SENTENCE.findall(text)
        if each
    )


def together(text: str, rng: Random) -> str:
    """Few synonyms, sentences in another order, other marks, traditional characters."""
    for change in (few_synonyms, sentences_shuffled, punctuation, traditional):
        text = change(text, rng)
    return unicodedata.normalize("NFC", text)


ON_TEXT: dict[str, Callable[[str, Random], str]] = {
    "punctuation changed": punctuation,
    "half-width": half_width,
    "full-width": full_width,
    "traditional characters": traditional,
    "fillers put in": padded,
    "sentences shuffled": sentences_shuffled,
    "made a list": a_list,
    "a third of the words with synonyms": few_synonyms,
    "all words with synonyms": all_synonyms,
    "synonyms, shuffled, marks, traditional": together,
}


def copy_of(author: str, change: Callable[[str, Random], str], rng: Random) -> str:
    words = {section: change(text, rng) for section, text in reports.own_words()[author].items()}
    return reports.report(author, words)


def reordered(author: str, rng: Random) -> str:
    """Paragraphs in another order, without the template's headings."""
    words = list(reports.own_words()[author].values())
    rng.shuffle(words)
    return "\n\n".join(words)


def headings_translated(author: str, _rng: Random) -> str:
    words = reports.own_words()[author]
    return "\n\n".join(
        f"## {ENGLISH.get(section, section)}\n\n{text}" for section, text in words.items()
    )


WHOLE: dict[str, Callable[[str, Random], str]] = {
    "paragraphs in another order, no headings": reordered,
    "headings translated": headings_translated,
}


def mixed(author: str, other: str) -> str:
    """Half of each of two: every other section."""
    one, two = reports.own_words()[author], reports.own_words()[other]
    sections = sorted(one.keys() | two.keys())
    words = {
        section: (one if number % 2 else two).get(section) or (two if number % 2 else one)[section]
        for number, section in enumerate(sections)
    }
    return reports.report(author, words)


@cache
def _converter() -> Any:
    from opencc import OpenCC  # as in `prints`

    return OpenCC("s2t")
