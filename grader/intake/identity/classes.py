"""Names of classes in clues: `计科2101`, `软工22-1班`, `2023级人工智能2班` are no student's name or id."""

from __future__ import annotations

import re

_HAN = r"\u3400-\u9fff"
_MAJORS = (
    "计算机科学与技术|计算机科学|计算机|计科|软件工程|软件|软工|人工智能|智能科学与技术|智能科学|智科|智能|"
    "数据科学与大数据技术|数据科学|大数据|数科|数据|网络工程|网络空间安全|网工|网安|信息安全|信安|信息工程|"
    "信息管理|信管|信息|信工|信计|通信工程|通信|电子信息|电子科学|电子|电信|电气|自动化|自动|物联网|"
    "数学与应用数学|应用数学|数学|数应|统计学?|应统|物理学?|机器人|机械|机电|机设|测控|微电子|集成电路|"
    "金融数学|金融|会计|经济|管理|土木|化学|化工|生物|材料|光电|遥感|地信|数媒|数字媒体|区块链|"
    "拔尖|强基|卓越|实验|创新|图灵|钱学森|英才"
)
_YEAR = r"(?:(?:20)?\d\d[级届])"
_NUMBER = r"(?:\d{1,4}(?:\s*[-(（]\s*\d{1,2}\s*[)）]?)?|[一二三四五六七八九十]{1,3})"
_CLASSES = re.compile(
    # 2023级计算机1班, 软工2203班, 22-1班, 三班
    rf"{_YEAR}?(?:{_MAJORS})?(?:专业|学院|系)?{_YEAR}?(?:专硕|学硕|硕士|研究生|本科)?\s*{_NUMBER}\s*班级?"
    # 计科2101, 软工22-1, 人工智能22(1); not the beginning of an id
    rf"|{_YEAR}?(?<![{_HAN}])(?:{_MAJORS})(?:专业|系)?{_YEAR}?\s*\d{{2,4}}(?:[-(（]\d{{1,2}}[)）]?)?(?!\d)"
    # 21计科1, 2021软工02
    rf"|(?<!\d)(?:20)?\d\d(?:{_MAJORS})\d{{1,2}}(?!\d)"
    # 2023级, 2023级计算机
    rf"|{_YEAR}(?:{_MAJORS})?(?:专业|系)?"
    # 计算机学院, 某某大学, 第三小组, 3组
    rf"|[{_HAN}]{{2,12}}(?:学院|大学)|第?{_NUMBER}\s*小?组"
    # a major alone, between marks
    rf"|(?<![{_HAN}\w])(?:{_MAJORS})(?:专业|系)?(?![{_HAN}\w])"
)
# 某专业2101张三2023001: letters before two to four digits, and a longer number further on.
_BEFORE_ID = re.compile(
    rf"(?<![{_HAN}\d])[{_HAN}]{{2,8}}\d{{2,4}}(?=[-_\s]*[{_HAN}]{{2,4}}[-_\s(]*[A-Z]{{0,2}}\d{{5,}})"
)


# A text without any of these holds no class: most do not, and looking closer is slow.
_HINT = re.compile(f"[班级届组院学{''.join({major[0] for major in _MAJORS.split('|')})}]")


def without_classes(text: str) -> str:
    """`text` with the names of classes, colleges and groups replaced by a mark between pieces."""
    if _HINT.search(text):
        text = _CLASSES.sub("-", text)
    return _BEFORE_ID.sub("-", text)
