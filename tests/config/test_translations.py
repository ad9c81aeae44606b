"""The English catalogue: whole, and with the placeholders of its sentences."""

import re

import pytest
from babel.messages.catalog import Message

from config.commands.translations import _same_forms, _table_texts, kept

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
JOINTS = set("，、；：。（）「」")
TAG = re.compile(r"</?\w+[^>]*>")


def texts(words):
    return list(words) if isinstance(words, tuple | list) else [words]


def found(pattern, text):
    return sorted(match.group(0) for match in pattern.finditer(text))


@pytest.fixture(scope="module")
def messages() -> list[Message]:
    return [message for message in kept() if message.id]


def test_every_sentence_has_its_english_and_none_is_fuzzy(messages):
    assert messages
    assert [m.id for m in messages if m.fuzzy or not all(texts(m.string))] == []


@pytest.mark.parametrize("pattern", [PLACEHOLDER, TAG], ids=["placeholders", "tags"])
def test_english_keeps_what_is_filled_in(messages, pattern):
    wrong = [
        (there, english)
        for message in messages
        for there, english in zip(texts(message.id), texts(message.string), strict=True)
        if found(pattern, there) != found(pattern, english)
    ]
    assert wrong == []


# What may be 1 stands before a plural: "1 counties open". Limits and the like are never 1.
COUNTED = re.compile(
    r"(?:%\((?:n|count|days|hours|minutes|number|total|todo|late|times|unanswered)\)[sd]|\{(?:n|count|number|days)\})"
    r" (?!is\b|was\b|has\b|this\b|stands\b)[a-z-]+s\b"
)
NEVER_ONE = {
    "%(first)s等 %(n)s 处",  # two or more
    "%(number)s个县，",  # the counties of a province
    "%(days)s 天后%(term)s，吃什么",  # tomorrow has its own sentence
    (
        "申请以后有 %(days)s 天可以反悔。到期后姓名、手机号、邮箱、登录、动态验证码和待发的短信都删除，手机号可以重新注册；"
        "上面写明要保留的，按法律保留。您交给县里的产品和故事是县里的，不删。"
    ),
    "省里有 %(n)s 个同名的县。",  # two or more
    "您要的资料打好包了，{days} 天内登录“我的资料”下载。",  # how long things are kept: days of a term
    "这份资料还没打好，或者过了 %(days)d 天已经销毁。请再要一份。",
    "排队的事最早的等了 %(minutes)s 分钟，共 %(n)s 件。",  # told after two minutes
}


def test_what_may_be_one_has_a_singular(messages):
    wrong = [m.id for m in messages if isinstance(m.id, str) and COUNTED.search(m.string) and m.id not in NEVER_ONE]
    assert wrong == []
    assert COUNTED.search("%(n)s counties open")


def test_a_sentence_that_learned_a_plural_asks_for_its_english_anew():
    counted = Message(("%(n)s 件", "%(n)s 件"), ("%(n)s thing", "%(n)s things"))
    assert _same_forms(counted, counted)
    assert not _same_forms(counted, Message("%(n)s 件", "%(n)s things"))


def test_the_texts_of_our_tables_are_in_the_catalogue(messages):
    known = {message.id for message in messages}
    wanted = {text for _table, text in _table_texts()}
    assert len(wanted) > 300
    assert wanted - known == set()


def same_spaces(there, english):
    """A Chinese stop at the end holds its own space: only what goes on after it has one in English."""
    ends = (there[-1:].isspace(), english[-1:].isspace())
    held = there[-1:] in JOINTS and ends == (False, True)
    return there[:1].isspace() == english[:1].isspace() and (held or ends[0] == ends[1])


def test_english_begins_and_ends_with_the_same_spaces(messages):
    wrong = [
        (there, english)
        for message in messages
        for there, english in zip(texts(message.id), texts(message.string), strict=True)
        if there not in JOINTS and not same_spaces(there, english)
    ]
    assert wrong == []
    assert same_spaces("公告：", "Notice: ")
    assert not same_spaces("公告", "Notice ")
    assert not same_spaces("公告 ", "Notice")
