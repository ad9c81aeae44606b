"""Wagtail's desk speaks Chinese also where Wagtail's own translators have not been."""

import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parents[2] / "cms/locale/zh_Hans/LC_MESSAGES"
PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def messages():
    with (FOLDER / "django.po").open("rb") as file:
        return [one for one in read_po(file) if one.id]


def test_no_translation_asks_for_what_its_sentence_does_not_give():
    for one in messages():
        ids = one.id if isinstance(one.id, tuple) else (one.id,)
        given = set(PLACES.findall(" ".join(ids)))
        said = one.string if isinstance(one.string, tuple) else (one.string,)
        assert set(PLACES.findall(" ".join(said))) <= given, one.id
        assert all(said), one.id


def test_what_is_read_at_run_time_is_what_is_written():
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = GNUTranslations(file)
    for one in messages():
        if isinstance(one.id, tuple):
            assert compiled.ngettext(*one.id, 2) == one.string[0]
        elif one.context:
            assert compiled.pgettext(one.context, one.id) == one.string
        else:
            assert compiled.gettext(one.id) == one.string


@pytest.mark.django_db
def test_the_editors_first_page_is_chinese(wuchang, editor, client_for):
    body = client_for(editor).get("/c/wuchang/cms/").content.decode()
    assert "五常市的故事台" in body
    assert "搜全部页面" in body
    for english in ("Search all pages", " Pages<", "editor guide", "Wagtail<"):
        assert english not in body
