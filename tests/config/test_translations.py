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


def test_a_sentence_that_learned_a_plural_asks_for_its_english_anew():
    counted = Message(("%(n)s 件", "%(n)s 件"), ("%(n)s thing", "%(n)s things"))
    assert _same_forms(counted, counted)
    assert not _same_forms(counted, Message("%(n)s 件", "%(n)s things"))


def test_the_texts_of_our_tables_are_in_the_catalogue(messages):
    known = {message.id for message in messages}
    wanted = {text for _table, text in _table_texts()}
    assert len(wanted) > 300
    assert wanted - known == set()


def test_english_begins_and_ends_with_the_same_spaces(messages):
    wrong = [
        (there, english)
        for message in messages
        for there, english in zip(texts(message.id), texts(message.string), strict=True)
        if there not in JOINTS  # a Chinese comma holds its own space
        if (there[:1].isspace(), there[-1:].isspace()) != (english[:1].isspace(), english[-1:].isspace())
    ]
    assert wrong == []
