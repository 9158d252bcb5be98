"""Words of the course that are no student's name, in Chinese and in English."""

from __future__ import annotations

import re
from functools import lru_cache

_NOT_NAMES = re.compile(
    "作业|代码|报告|实验|程序|文档|文件|推导|公式|网络|循环|神经|序列|预测|训练|模型|数据|结果|"
    "答案|理论|笔记|总结|附件|邮件|提交|收集|学习|深度|人工|智能|最终|修改|新建|副本|学号|姓名|课程|"
    "图片|截图|照片|屏幕|微信|源码|题目|问题|解答|回答|老师|助教|同学|第.?[次章题部]|终版|版本|测试|梯度|"
    "最新|新版|旧版|备份|修订|修正|更正|定稿|终稿|补交|补充|重交|重发|重新|迟交|晚交|班长|学委|全班|汇总|打包|"
    "压缩|下载|导出|请问|您好|你好|下午|上午|个人|任务|练习|部分|手写|扫描|转自|来自|邮箱|大附件|文件夹|"
    "代交|代发|代投|转交|帮交|正式|完整|正确|错误|参与者|小组|组长|学院|专业|大学|"
    "序号|编号|名单|说明|须知|要求|通知|模板|"
    # What files of this course are called, and what begins as a name does.
    "张量|向量|计算|单元|双向|解析|项目|方法|方案|安装|余弦|空间|时间|时刻|单词|成绩|应用|应答|管理|广播|计划|习题|"
    "宋词|唐诗|古诗|全部|路径|时序|段落|谷歌|易错|解释"
)
_ONLY_WORDS = re.compile(rf"(?:{_NOT_NAMES.pattern})+")
_WORDS = frozenset(
    [
        "ml",
        "rnn",
        "lstm",
        "gru",
        "py",
        "md",
        "ipynb",
        "hw",
        "homework",
        "final",
        "report",
        "code",
        "copy",
        "new",
        "version",
        "ver",
        "submission",
        "assignment",
        "task",
        "simple",
        "simplernn",
        "main",
        "test",
        "readme",
        "train",
        "notebook",
        "untitled",
        "project",
        "theory",
        "answer",
        "answers",
        "doc",
        "docs",
        "the",
        "src",
        "source",
        "inbox",
        "mail",
        "mails",
        "students",
        "submissions",
        "img",
        "image",
        "figure",
        "fig",
        "loss",
        "plot",
        "screenshot",
        "download",
        "downloads",
        "desktop",
        "tmp",
        "temp",
        "work",
        "old",
        "backup",
        "bak",
        "latest",
        "last",
        "revised",
        "fixed",
        "fix",
        "update",
        "updated",
        "v",
        "rev",
        "draft",
        "torch",
        "pytorch",
        "numpy",
        "solution",
        "attachment",
        "attachments",
        "untitled",
        "folder",
        "archive",
        "export",
        "file",
        "files",
        "bonus",
        "part",
        "lab",
        "exercise",
        "question",
        "help",
        "course",
        "class",
        "section",
        "team",
        "group",
        "batch",
        "wechat",
        "mmexport",
        "photo",
        "scan",
        "attempt",
        "stu",
        "student",
        "id",
        "no",
        "num",
        "xh",
        "takeout",
        "drive",
        "onedrive",
        "google",
        "github",
        "classroom",
        "gradebook",
    ]
)


@lru_cache(maxsize=1 << 12)
def likely(text: str) -> bool:
    """Whether it is more than words of the course put together."""
    return not set(text.casefold().split()) <= _WORDS and not _ONLY_WORDS.fullmatch(text)


@lru_cache(maxsize=1 << 12)
def is_name(text: str) -> bool:
    """Whether it holds no word of the course at all."""
    return likely(text) and not _NOT_NAMES.search(text)


# The surnames that nearly everybody has; only asked where a name runs on into other words.
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗"
    "凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛"
    "禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌"
    "霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇邢裴陆荣翁荀羊於惠甄曲封芮储靳汲松井段富"
    "巫乌焦巴弓牧山谷车侯全班仰秋仲伊宫宁仇栾甘厉戎祖武符刘景詹束龙叶幸司韶黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠"
    "蒙池乔阴胥能苍双闻党翟谭贡劳逄姬申扶堵冉宰郦雍桑桂濮牛寿通边扈燕冀浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向"
    "古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧利蔚越隆师巩聂晁勾敖融冷訾辛阚那简饶空曾沙乜养鞠须丰巢关蒯"
    "相查后荆红游竺权逯盖益桓公闫肖付代岳覃佟苟涂"
)
_COMPOUND = "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|濮阳|公冶|太叔|申屠|公孙|慕容|仲孙|钟离|长孙|宇文|司徒|鲜于|司空|令狐"
_PERSON = re.compile(rf"(?:{_COMPOUND})[\u3400-\u9fff]{{1,2}}|[{_SURNAMES}][\u3400-\u9fff]{{1,2}}")
_LATIN_PERSON = re.compile(r"[A-Z][^\W\d_]*(?:[ '-][A-Z][^\W\d_]*){1,2}")
_AROUND = re.compile(
    rf"^(?:我是|学生|本人|代交|代发|代投|转交|帮交|来自|转自)+|(?:的|{_NOT_NAMES.pattern}).*$"
)


def is_person(text: str) -> bool:
    """Whether a Chinese word begins with a surname and is as long as a name."""
    return is_name(text) and ("·" in text or _PERSON.fullmatch(text) is not None)


def is_latin_name(text: str) -> bool:
    """Whether it is two or three words as a name is written: `Bob Ray`, and no `Final Report`."""
    return is_name(text) and _LATIN_PERSON.fullmatch(text) is not None


def name_in(text: str) -> str:
    """The name in a run of Chinese that goes on after it: 张三的作业, 张三补交; else the run."""
    if is_name(text) and "的" not in text:
        return text
    shorter = _AROUND.sub("", text)
    return shorter if _PERSON.fullmatch(shorter) else text
