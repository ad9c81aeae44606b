"""An English reader reads English: every page that anybody may open, with one row of everything in it."""

import pytest

from tests.architecture.addresses import COUNTY, PROVINCE
from tests.architecture.english import leftovers, ours
from tests.architecture.filling import path_of
from tests.architecture.test_doors import asked, doors, listed, pytestmark  # noqa: F401  the same marks
from tests.factories.people import client_for

WHO = ("stranger", "coordinator", "team", "manager", "editor", "shopper", "auditor")
# Typed by the people of these tests, and by chance also a sentence of ours.
TYPED = ("五常市的下一级是“第一件产品”。", "五常大米", "村庄")
# Wagtail's own desk, files and answers to programs.
NO_PAGES = ("cms/", "api/", "media/", "feed", ".xml", ".txt", ".pdf", ".zip", ".xlsx", ".csv")


def pages(world):
    """(who, path) of every page, asked for by somebody who may come in."""
    province = [(route, path_of(one, world.province)) for route, one in listed(PROVINCE).items()]
    for place, found in ((PROVINCE, province), (COUNTY, asked(COUNTY, world.wuchang))):
        table = doors(place)
        for route, path in found:
            who = next((one for one in WHO if one in table[route]), None)
            if who and not any(part in route for part in NO_PAGES):
                yield who, path


def in_english(user):
    client = client_for(user)
    client.cookies["jieti_language"] = "en"
    return client


def shown(client, path):
    answer = client.get(path)
    html = answer.headers.get("Content-Type", "").startswith("text/html")
    return answer.content.decode() if answer.status_code == 200 and html and not answer.streaming else ""


def test_no_page_speaks_chinese_to_an_english_reader(world):
    known, wrong, seen = ours(), {}, 0
    readers = {who: in_english(user) for who, user in world.people.items()}
    for who, path in pages(world):
        page = shown(readers[who], path)
        if page:
            seen += 1
            assert '<html lang="en"' in page or "<html" not in page, path
            if found := set(leftovers(page, known, TYPED)) - {text for texts in wrong.values() for text in texts}:
                wrong[path] = found
    assert wrong == {}
    assert seen > 70


@pytest.mark.parametrize("path", ["/", "/search/?q=大米", "/about/", "/sign-in/"])
def test_the_same_page_in_chinese_would_be_noticed(world, path):
    known = ours()
    assert len(set(leftovers(shown(client_for(), path), known))) > 5
    assert set(leftovers(shown(in_english(None), path), known, TYPED)) == set()


@pytest.mark.parametrize(
    "page",
    [
        "<p><b>东星村合作社</b>, 46 member households。</p>",
        "<p>Round 2：<b>too dark</b></p>",
        "<p>赵队员，licence.jpg</p>",
        "<time>2026年11月22日</time>",
        "<p><b>1</b> counties open</p>",
        "<p>Packed, 1 comments</p>",
        "<button>搜索</button>",
        '<input placeholder="汉字、拼音、首字母都行">',
        "<p>王主任，有 3 件事等你。</p>",
        "<td>Label<b>标签上没有这一项。</b></td>",
        "<td>没加工过的玉米是食用农产品。</td>",
        "<p>Class 29 泡菜.民乐合作社</p>",
        "<p>It ends on 2026-11-30.The village does it.</p>",
        "<p>Managers—Nobody yet.</p>",
        "<span>驻村第一书记</span>",
    ],
)
def test_each_fault_is_caught(page):
    assert list(leftovers(page, ours())), page


@pytest.mark.parametrize(
    "page",
    [
        "<h1>秋木耳，小碗耳</h1><p>五常市, 龙凤山镇</p>",
        "<p>1 county open, 2 counties planned; comment 1 is settled, class 1 has no goods</p>",
        '<button lang="zh-Hans">中文</button><script>var words = "搜索";</script>',
        "<p>licence.jpg, 3.1 MB, GB/T 35273—2020, 8.5</p>",
        "<p>For example 五常大米（稻花香 2 号）</p><p>3.1 members</p>",
    ],
)
def test_typed_words_and_right_english_pass(page):
    assert list(leftovers(page, ours())) == []
