"""What the advertising law forbids is found in every text of a page; what heals is neither handed in nor shown."""

import pytest

from tenants.scope import county_scope
from tests.cms.test_approval import POSTED, again, approve, hand_in, here, standing_of
from tests.factories.people import client_for

pytestmark = pytest.mark.django_db

HEALS, BEST = "常吃能降血压。", "国家级好米"
PLACES = {
    "标题": ("story", {"title": HEALS}),
    "一句话": ("story", {"standfirst": HEALS}),
    "正文第 1 块（小标题）": ("story", {"body": [("heading", HEALS)]}),
    "正文第 2 块（文字）": ("story", {"body": [("heading", "稻田"), ("text", f"<p>稻子熟了。</p><p>{HEALS}</p>")]}),
    "正文第 1 块（引语）": ("story", {"body": [("quote", {"words": HEALS, "who": "老赵"})]}),
    "正文第 1 块（几个数）": ("story", {"body": [("numbers", {"numbers": [{"number": "3", "words": HEALS}]})]}),
    "正文第 1 块（一排产品）": (
        "story",
        {"body": [("shelf", {"title": HEALS, "products": [], "category": "grain.rice", "count": 3})]},
    ),
    "一句原话": ("person", {"words": HEALS}),
    "身份": ("person", {"role": HEALS}),
    "县情": ("home", {"intro": HEALS}),
    "怎么到您手里": ("home", {"delivery": HEALS}),
}


def page_of(kind, **fields):
    from cms.models import CountyHome, PersonPage, StoryPage

    return {"story": StoryPage, "person": PersonPage, "home": CountyHome}[kind](**fields)


@pytest.mark.parametrize("place", PLACES)
def test_it_is_found_wherever_it_stands_and_named_by_the_place(place):
    from cms import claims

    (one,) = claims.found(page_of(PLACES[place][0], **PLACES[place][1]))
    assert (one.place, one.finding.code, one.heals) == (place, "claim-disease", True)


def test_a_fact_and_where_it_can_be_looked_up():
    """国务院 is whose paper it is; a book that says what heals is no way round the law."""
    from cms import claims

    def found(**source):
        return [one.heals for one in claims.found(page_of("story", sources=[("source", source)]))]

    assert found(text="县城在江边", source="国务院 2019 年第 3 号文") == []
    assert found(text="产量第一", source="县统计局") == [False]
    assert found(text="一味药", source="本草书：能治高血压") == [True]


@pytest.mark.parametrize(
    ("said", "stops"),
    [
        ("前年他在医院治疗花光了钱。回来种木耳。", False),
        ("村里请县医院的大夫来防癌筛查。", False),
        ("医院治不好的高血压，吃它就好。", True),
        ("他在医院住过。这米能治疗胃病。", True),
        ("增强免疫力的木耳", True),
        (BEST, False),
        ("从江边往东走，都是国家级自然保护区。", False),
    ],
)
def test_goods_that_heal_stop_the_page_and_a_person_at_the_doctors_does_not(said, stops):
    from cms import claims

    page = page_of("story", title="一年", body=[("text", f"<p>{said}</p>")])
    assert claims.found(page), "whoever passes it sees it all the same"
    assert bool(claims.gate(page)) is stops


@pytest.fixture
def healing(support, editor, write):
    return write(support, by=editor, body=[("quote", {"words": HEALS, "who": "老赵"})])


@pytest.fixture
def boasting(support, editor, write):
    return write(support, by=editor, body=[("text", f"<p>{BEST}</p>")])


def test_it_is_not_handed_in_here_or_in_wagtail(support, healing, editor):
    browser = client_for(editor)
    shown = browser.get(here(healing)).content.decode()
    assert "正文第 1 块（引语）里写了“降血压”" in shown
    told = browser.post(here(healing, "submit/"), follow=True).content.decode()
    assert "删掉；说的是谁生病" in told
    press = {**POSTED, "body-0-value": HEALS, "action-submit": "true"}
    told = browser.post(f"/c/wuchang/cms/pages/{healing.pk}/edit/", press, follow=True).content.decode()
    assert "正文第 1 块（小标题）里写了“降血压”" in told
    assert standing_of(support, healing) == "draft"
    with county_scope(support):
        words = again(support, healing).get_latest_revision_as_object()
        assert str(words.body[0].value) == HEALS, "what was typed is kept"


def test_what_is_new_and_refused_stands_kept_as_a_draft(support, editor):
    from cms.models import CountyHome, StoryPage

    with county_scope(support):
        home = CountyHome.objects.get().pk
    new = f"/c/wuchang/cms/pages/add/cms/storypage/{home}/"
    press = {**POSTED, "slug": "new", "body-0-value": HEALS, "action-submit": "true"}
    answer = client_for(editor).post(new, press, headers={"referer": f"http://testserver{new}"})
    with county_scope(support):
        kept = StoryPage.objects.get(slug="new")
        assert standing_of(support, kept) == "draft"
    assert answer["Location"] == f"/c/wuchang/cms/pages/{kept.pk}/edit/"


def test_what_was_returned_cannot_be_handed_in_again_with_it(support, boasting, editor, manager):
    from cms import approval
    from cms.errors import NotReadyToShow

    hand_in(support, boasting, editor)
    with county_scope(support):
        approval.send_back(boasting, by=manager, note="写清楚是哪一家评的。")
        page = again(support, boasting)
        page.body = [("heading", HEALS)]
        page.save_revision(user=editor)
        with pytest.raises(NotReadyToShow):
            page.current_workflow_state.resume(user=editor)
    assert standing_of(support, boasting) == "returned"


def test_what_was_handed_in_before_is_not_published_by_any_door(support, boasting, editor, manager):
    """Changed past our eyes after it was handed in."""
    from cms.errors import NotReadyToShow

    hand_in(support, boasting, editor)
    with county_scope(support):
        turn = again(support, boasting).current_workflow_task_state
        turn.revision.content["standfirst"] = HEALS
        turn.revision.save()
    with pytest.raises(NotReadyToShow):
        approve(support, boasting, manager, note="县里的老中医都这样说")
    assert not again(support, boasting).live
    with county_scope(support), pytest.raises(NotReadyToShow):
        turn.revision.publish(user=manager)


def test_other_words_are_passed_with_a_sentence_of_why(support, boasting, editor, manager):
    hand_in(support, boasting, editor)
    browser = client_for(manager)
    assert "正文第 1 块（文字）里写了“国家级”" in browser.get(here(boasting)).content.decode()
    for note in ("", "。", "可以"):
        answer = browser.post(here(boasting, "approve/"), {"note": note})
        assert answer.status_code == 400, note
        assert "写一句为什么，再通过" in answer.content.decode()
    assert not again(support, boasting).live
    assert browser.post(here(boasting, "approve/"), {"note": "说的是国家级保护区的名字"}).status_code == 302
    assert again(support, boasting).live
    assert "说的是国家级保护区的名字" in browser.get(here(boasting)).content.decode()


def test_wagtails_own_publish_button_asks_nobody_and_so_does_not_publish_them(support, boasting, manager):
    press = {**POSTED, "body-0-value": BEST, "action-publish": "action-publish"}
    browser, address = client_for(manager), f"/c/wuchang/cms/pages/{boasting.pk}/edit/"
    told = browser.post(address, press, follow=True).content.decode()
    assert "不能直接发布" in told
    assert not again(support, boasting).live
    browser.post(address, {**press, "body-0-value": "好米"})
    assert again(support, boasting).live


def test_the_writer_reads_it_after_saving_but_not_at_every_half_second(support, boasting, editor):
    address = f"/c/wuchang/cms/pages/{boasting.pk}/edit/"
    saved = {**POSTED, "body-0-value": BEST}
    browser = client_for(editor)
    told = browser.post(address, saved, follow=True).content.decode()
    assert told.count("正文第 1 块（小标题）里写了“国家级”") == 1
    for _time in range(3):
        browser.post(address, saved, headers={"accept": "application/json"})
    assert "里写了“国家级”" not in browser.get(address).content.decode()


def test_whoever_passes_it_sees_whose_consent_it_stands_on_and_until_when(support, editor, manager, write):
    from datetime import date

    from tests.cms.pictures import consent

    with county_scope(support):
        agreed = consent("赵福贵", until=date(2027, 3, 1))
        over = consent("钱满囤", given_on=date(2025, 1, 1), until=date(2026, 1, 1))
        consent("金丝雀")
    page = write(support, by=editor, body=[("text", "<p>稻子熟了。</p>")])
    with county_scope(support):
        draft = again(support, page)
        draft.told = [agreed, over]
        draft.save_revision(user=editor)
    shown = client_for(manager).get(here(page)).content.decode()
    people = shown.split("<h2>写到的人</h2>")[1].split("</section>")[0]
    assert f"/desk/consents/{agreed.pk}/" in people
    assert "到 2027-03-01" in people
    assert people.index("钱满囤") < people.index("赵福贵"), "what ends first on top"
    assert "到期" in people.split("赵福贵")[0]
    assert "金丝雀" not in people
