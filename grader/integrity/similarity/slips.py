"""Words that nobody writes on purpose: nearly, but not quite, a word of the class or a term of the field.

A Latin word is a slip where it is close to a word that many use; in Chinese, where any four
characters resemble four others, only what misses a term of the field by one character is
("反向传波" for "反向传播").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache, lru_cache
from operator import itemgetter

WORD = re.compile(r"[a-z]{6,30}")
CHINESE = re.compile(r"[一-鿿]{4,}")
WINDOW = 4
_HEAD, _TAIL = itemgetter(slice(2)), itemgetter(slice(2, 4))
CLOSE = (
    0.86  # difflib's ratio: "backpropogation" is 0.93 from its word, "weighted" 0.86 from "weights"
)
ENDINGS = re.compile(r"(?:s|es|ed|d|ing|ly|er|or|ion|ions|al|ized?|ised?)$")
PLACE = "　"
# Terms of the assignment and its lectures, and the neighbours that are no slips of them.
TERMS = [
    "反向传播",
    "前向传播",
    "正向传播",
    "循环神经",
    "神经网络",
    "梯度消失",
    "梯度爆炸",
    "梯度下降",
    "梯度裁剪",
    "隐藏状态",
    "隐藏单元",
    "细胞状态",
    "记忆单元",
    "长短期记",
    "短期记忆",
    "激活函数",
    "损失函数",
    "时间步长",
    "链式法则",
    "权重矩阵",
    "偏置向量",
    "参数更新",
    "学习速率",
    "序列长度",
    "斐波那契",
    "门控机制",
    "长期依赖",
    "时间依赖",
    "随机种子",
    "训练数据",
    "测试数据",
    "验证数据",
    "双曲正切",
    "雅可比矩",
    "参数共享",
    "初始状态",
]
KEPT = 16  # texts whose words are held ready: the same person stands in pair after pair
MANY = 3  # texts that have a word make it one


class Vocabulary:
    """Words and runs of characters that a class uses."""

    def __init__(self, given: Iterable[str]) -> None:
        self._given: set[str] = {word for text in given for word in words(text)}
        self._counts: Counter[str] = Counter()
        self._settled = False

    def add(self, own: Iterable[str]) -> None:
        """One person's words, each once."""
        self._counts.update(own)

    def is_slip(self, word: str) -> bool:
        if word in self._common() or word in TERMS:
            return False
        if word.isascii():
            return any(
                ENDINGS.sub("", near) != ENDINGS.sub("", word)
                for near in get_close_matches(word, self._alike(word), 3, CLOSE)
            )
        return _is_near_term(word)

    def _common(self) -> set[str]:
        if not self._settled:
            self._settled = True
            self._given |= {word for word, count in self._counts.items() if count >= MANY}
        return self._given

    def _alike(self, word: str) -> list[str]:
        return [each for each in self._common() if each.isascii() and each[0] == word[0]]


@lru_cache(maxsize=KEPT)
def words(text: str) -> frozenset[str]:
    """Latin words, and any four Chinese characters in a row that are a term of the field, or nearly."""
    lower = text.casefold()
    return frozenset([*WORD.findall(lower), *_near_terms(lower)])


def _near_terms(text: str) -> Iterator[str]:
    heads, tails = ({part(term) for term in TERMS} for part in (_HEAD, _TAIL))
    for run in CHINESE.findall(text):
        for at in range(len(run) - WINDOW + 1):
            # Who misses a term by one character has its first half or its second.
            if run[at : at + 2] in heads or run[at + 2 : at + 4] in tails:
                four = run[at : at + WINDOW]
                if _is_near_term(four):
                    yield four


def _is_near_term(four: str) -> bool:
    return any(pattern in _wildcards() for pattern in _patterns(four))


@cache
def _wildcards() -> frozenset[str]:
    return frozenset(pattern for each in TERMS for pattern in _patterns(each))


def _patterns(four: str) -> Iterator[str]:
    return (four[:at] + PLACE + four[at + 1 :] for at in range(WINDOW))
