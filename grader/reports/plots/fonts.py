"""Which font the plots use, and in which language it lets them speak."""

from __future__ import annotations

import warnings
from functools import cache

from matplotlib import font_manager
from matplotlib.font_manager import FontProperties, get_font

# Simplified Chinese first; the Japanese and pan-CJK faces hold the same characters.
CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "Heiti SC",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK JP",
    "Arial Unicode MS",
    "Droid Sans Fallback",
)
BASE_FONT = "DejaVu Sans"  # comes with matplotlib
# Characters of the plots' own labels; a font that lacks one of them would draw boxes.
SAMPLE = "损失误差时间步预测真值参数分数人数通过率"


@cache
def families() -> tuple[str, ...]:
    """Name the fonts to draw with, in order of preference; one of Chinese where there is one."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    chinese = [name for name in CHINESE_FONTS if name in installed and _has(name, SAMPLE)]
    return (*chinese[:1], BASE_FONT)


def speakable(language: str) -> str:
    """Choose the language of the labels: English where no font shows Chinese."""
    return language if language != "zh" or len(families()) > 1 else "en"


def drawable(text: str) -> str:
    """Replace every character that none of the fonts has, such as in a student's own labels."""
    return "".join(
        character if any(_has(name, character) for name in families()) else "?"
        for character in text
    )


def _has(family: str, text: str) -> bool:
    characters = _characters(family)
    return all(ord(character) in characters for character in text)


@cache
def _characters(family: str) -> frozenset[int]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a broken font on a user's machine is not our news
        path = font_manager.findfont(FontProperties(family=[family]), fallback_to_default=True)
        return frozenset(get_font(path).get_charmap())
