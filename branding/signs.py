"""What the words of the table (``sign_words``) mean for a sign (商标法 §10, §11).

``part`` is found anywhere in the sign, ``start`` at its head, ``end`` at its tail, ``whole`` is all of it,
and ``run`` is a Latin word of its own in it: china in CHINA红 and not in Machina.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from branding import goods, places, sounds
from branding.findings import NOTE, STOP, WARN, Finding, article
from branding.sign_words import ADDED, DESCRIPTIVE, EXALTED, GOODS, JUDGED_TOGETHER, words_on

LONG = 12  # a sign longer than this reads as a sentence


FITS: dict[str, Callable[[str, str, frozenset[str]], bool]] = {
    "part": lambda word, text, runs: word in text,
    "start": lambda word, text, runs: text.startswith(word),
    "end": lambda word, text, runs: text.endswith(word),
    "whole": lambda word, text, runs: word == text,
    "run": lambda word, text, runs: word == text or word in runs,
}


def check(name: str, on: date) -> list[Finding]:
    """Forbidden words, then whether anything is left that tells whose goods they are."""
    text = sounds.plain(name)
    return [*_forbidden(name, text, on), *_distinctive(name, text, on)]


def _forbidden(name: str, text: str, on: date) -> list[Finding]:
    found: list[Finding] = []
    said: list[str] = []
    runs = frozenset(run.text for run in sounds.latin_runs(name))
    for row in words_on(on):
        if (
            row.kind in JUDGED_TOGETHER
            or not FITS[row.match](row.word, text, runs)
            or any(row.word in one for one in said)
        ):
            continue
        said.append(row.word)
        reason, mend = sentences(row.kind, row.word)
        found.append(Finding(name, row.kind, row.severity, reason, article(row.article), mend))
    return found


def _distinctive(name: str, text: str, on: date) -> list[Finding]:
    """§11: a bare name of goods, a bare description, or no sign at all."""
    if not text:
        return [_bare(name, "empty", "11.1.3", _("只有标点或表情，不成名字。"), _("写两到四个汉字，最容易记。"))]
    if text in _goods_names(on):
        reason, mend = sentences(GOODS, text)
        return [_bare(name, "generic", "11.1.1", reason, mend)]
    if text.isdigit() or (sounds.is_latin(text) and len(text) < 3):
        return [
            _bare(
                name,
                "simple",
                "11.1.3",
                _("只有数字或一两个字母，太简单，分不出是谁家的。"),
                _("加上汉字，或者三个以上的字母。"),
            )
        ]
    praised = _praised_goods(text, on)
    if praised:
        return [_only_praises(name, praised)]
    described = _descriptive_in(text, on)
    if not left_over(text, on):
        return [_only_describes(name, text, on)]
    if places.is_made_of(text, _plain_words(on)):
        return [_plain(name, text)]
    found = []
    if described:
        found.append(_describes(name, described))
    if len(text) > LONG:
        found.append(_long(name))
    return found


def _praised_goods(text: str, on: date) -> str:
    """木耳王 → 王: goods, and after them nothing but praise. 牛魔王 names no goods."""
    for row in words_on(on):
        goods_of_it = text.removesuffix(row.word)
        if row.kind != EXALTED or goods_of_it in {"", text}:
            continue
        if goods_of_it in _goods_names(on) or not left_over(goods_of_it, on):
            return row.word
    return ""


@lru_cache(maxsize=16)
def _goods_names(on: date) -> frozenset[str]:
    return frozenset({word for word, _row in goods.names_on(on)} | _of_kind(GOODS, on))


@lru_cache(maxsize=16)
def _plain_words(on: date) -> frozenset[str]:
    """What everybody says of food. Animals and flowers of one hanzi are left out: 小鹿 is a name."""
    longer = {word for word, _row in goods.names_on(on) if len(word) > 1}
    return frozenset(longer | _of_kind(GOODS, on) | _of_kind(DESCRIPTIVE, on))


def _of_kind(kind: str, on: date) -> frozenset[str]:
    return frozenset(row.word for row in words_on(on) if row.kind == kind)


def _plain(name: str, text: str) -> Finding:
    """香米, 甜蜜: every sign of it is goods or a taste, though together they may say more."""
    return Finding(
        name,
        "plain",
        WARN,
        _("“%(name)s”拆开都是东西和味道的平常叫法，显不出是谁家的。") % {"name": text},
        article("11.1.2"),
        _("在前面起一个自己的名字，例如 椴林深。"),
    )


def _only_praises(name: str, praise: str) -> Finding:
    reason, mend = sentences(EXALTED, praise)
    return _bare(name, "descriptive_only", "11.1.2", reason, mend)


def _only_describes(name: str, text: str, on: date) -> Finding:
    if places.named_in(text, on):
        reason = _("“%(name)s”只说了产地和东西，没有自己的名字。") % {"name": text}
    else:
        reason = _("“%(name)s”只说了东西的品质、原料或特点，没有自己的名字。") % {"name": text}
    return _bare(name, "descriptive_only", "11.1.2", reason, _("起一个别人没有的名字放在前面，例如 椴林深。"))


def _describes(name: str, described: list[str]) -> Finding:
    return Finding(
        name,
        DESCRIPTIVE,
        NOTE,
        _("“%(words)s”只说品质、原料或产地，不算商标里自己的部分。") % {"words": _("、").join(described)},
        article("11.1.2"),
        _("可以留在包装上，申请时不放进商标里更稳。"),
    )


def _long(name: str) -> Finding:
    return Finding(
        name,
        "long",
        WARN,
        _("名字太长，看着像一句广告。"),
        article("11.1.3"),
        _("留下最要紧的两到四个字。"),
    )


def _bare(name: str, code: str, which: str, reason: str, mend: str) -> Finding:
    return Finding(name, code, STOP, reason, article(which), mend)


def _descriptive_in(text: str, on: date) -> list[str]:
    found: list[str] = []
    for row in words_on(on):
        if (
            row.kind == DESCRIPTIVE
            and len(row.word) > 1
            and row.word in text
            and not any(row.word in one for one in found)
        ):
            found.append(row.word)
    return found


def left_over(text: str, on: date) -> str:
    """What is left without place names, goods' names and descriptions: the part that tells whose it is."""
    rest = core(text, on)
    for row in words_on(on):
        if row.kind == DESCRIPTIVE and len(row.word) == 1:
            rest = rest.replace(row.word, "")
    return rest


def core(text: str, on: date) -> str:
    """饶河山椴语蜂蜜 → 山椴语: without county, goods and the longer descriptions; may be empty."""
    rest = text
    for _begin, place in reversed(places.named_in(text, on)):
        rest = rest.replace(place, "", 1) if rest.startswith(place) or len(place) > 2 else rest
    for word in _strippable(on):
        rest = rest.replace(word, "")
    return rest


@lru_cache(maxsize=16)
def _strippable(on: date) -> tuple[str, ...]:
    words = {word for word, _row in goods.names_on(on) if len(word) > 1}
    words |= {row.word for row in words_on(on) if row.kind in ADDED and len(row.word) > 1}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def sentences(kind: str, word: str) -> tuple[str, str]:
    """Why a word of this kind is no good, and what to do."""
    reason, mend = {
        "state": (_("“%(word)s”和国家的名称、标志有关。"), _("去掉它。和国家没有关系的名字才能注册。")),
        "foreign": (_("“%(word)s”是外国国名。"), _("去掉它，除非有那个国家政府的同意。")),
        "foreign_place": (_("“%(word)s”是大家都知道的外国地名。"), _("换成自己村里的叫法。")),
        "world": (_("“%(word)s”是国际组织或奥林匹克的名称。"), _("去掉它。")),
        "official": (_("“%(word)s”是官方标志、认证或荣誉的叫法。"), _("有证书就把证书放在产品页上，不放进商标。")),
        "cross": (_("“%(word)s”是红十字、红新月的名称。"), _("去掉它。")),
        "race": (_("“%(word)s”带有歧视。"), _("换掉它。")),
        "deceptive": (_("“%(word)s”夸大，容易让人误会品质或产地。"), _("去掉它，名字只管让人记住，不用夸。")),
        "moral": (_("“%(word)s”不合风尚或有不良影响。"), _("换一个说法。")),
        "person": (_("“%(word)s”是公众人物的姓名。"), _("换成自己家的字号。")),
        "hero": (_("“%(word)s”是英雄烈士的姓名或称号。"), _("英烈的名字不能做商标，换一个。")),
        "entity": (_("“%(word)s”只是单位的叫法。"), _("去掉它，只留字号。")),
        "slogan": (_("“%(word)s”是一句日常的广告话。"), _("换成一个名字，广告话印在包装上。")),
        EXALTED: (
            _("“%(word)s”接在东西的名字后面只是夸奖，谁家都能这样夸，没有自己的名字。"),
            _("去掉夸奖，在前面起一个自己的名字，例如 椴林深。"),
        ),
        "famous": (
            _("“%(word)s”是大家熟知的牌子，在别的类别也可能受保护。"),
            _("换一个名字，或者请品牌专员先在国家商标局网上查清楚。是自己的牌子，就把注册证给他看。"),
        ),
        GOODS: (_("“%(word)s”是东西本身的名字，谁家都能叫。"), _("在前面起一个自己的名字，例如 椴林深。")),
        "model": (_("“%(word)s”是通用的型号或装法。"), _("起一个自己的名字。")),
    }[kind]
    return reason % {"word": word}, mend
