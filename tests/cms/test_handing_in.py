"""What stands in the way of a page is said when it is handed in, with the way to each thing."""

import pytest

from tenants.scope import county_scope
from tests.cms.pictures import DRAWING
from tests.cms.test_approval import POSTED, WORDS, again, approve, hand_in, here, items, standing_of

pytestmark = [pytest.mark.django_db, *DRAWING]


@pytest.fixture
def unsigned(wuchang, editor, write):
    from tests.cms.pictures import answered, image

    with county_scope(wuchang):
        picture = answered(image("老赵在田里"), people=True)
    return write(wuchang, by=editor, body=WORDS, photo=picture)


def test_what_cannot_be_shown_is_not_handed_in_and_the_page_leads_to_the_picture(wuchang, unsigned, editor, client_for):
    browser = client_for(editor)
    told = browser.post(here(unsigned, "submit/"), follow=True).content.decode()
    assert "交上去了，等着看" not in told
    assert "还没交上去" in told
    assert "照片“老赵在田里”里有人，还没有同意书" in told
    assert f'href="/c/wuchang/desk/pictures/{unsigned.photo_id}/"' in told
    assert (standing_of(wuchang, unsigned), items()) == ("draft", [])


def test_in_wagtails_editor_it_is_not_handed_in_either_and_leads_to_where_it_is_mended(
    wuchang, unsigned, editor, client_for
):
    press = {**POSTED, "photo": str(unsigned.photo_id), "action-submit": "true"}
    told = client_for(editor).post(f"/c/wuchang/cms/pages/{unsigned.pk}/edit/", press, follow=True).content.decode()
    assert "还没有同意书" in told
    assert f'<a href="/c/wuchang/desk/stories/{unsigned.pk}/">' in told
    assert (standing_of(wuchang, unsigned), items()) == ("draft", [])


def test_once_the_paper_is_signed_it_is_handed_in(wuchang, unsigned, editor):
    from tests.cms.pictures import answered, consent

    with county_scope(wuchang):
        answered(unsigned.photo, consent(by=editor))
    hand_in(wuchang, unsigned, editor)
    assert standing_of(wuchang, unsigned) == "county"


# --- after a return -------------------------------------------------------------------------------
def send_back(county, page, by, note="第二段的产量没有出处。"):
    from cms import approval

    with county_scope(county):
        approval.send_back(page, by=by, note=note)


def changed(county, page, by):
    with county_scope(county):
        page = again(county, page)
        page.standfirst = "改好了"
        page.save_revision(user=by)


def history(county, page):
    from cms.views.review import steps

    with county_scope(county):
        return [one["name"] for one in reversed(steps(page))]


@pytest.fixture
def returned(wuchang, editor, manager, write):
    page = write(wuchang, by=editor, body=WORDS)
    hand_in(wuchang, page, editor)
    send_back(wuchang, page, manager)
    return page


def test_what_was_returned_is_handed_in_again_and_nobody_withdrew_it(wuchang, returned, editor):
    from kernel.models import AuditEntry

    changed(wuchang, returned, editor)
    hand_in(wuchang, returned, editor)
    assert standing_of(wuchang, returned) == "county"
    assert history(wuchang, returned) == ["写了初稿", "交上来", "退回", "改好，又交上来"]
    assert items() == [("county_manager", "230184", "拉林河的水")]
    assert items("story.mend") == []
    assert AuditEntry.objects.filter(action="story.hand_in", object_id=str(returned.pk)).count() == 2


def test_the_next_remark_goes_to_whoever_handed_in_last(wuchang, returned, editor, manager):
    from kernel.models import InboxItem

    hand_in(wuchang, returned, manager)
    send_back(wuchang, returned, manager)
    assert InboxItem.objects.get(kind="story.mend", done_at__isnull=True).person == manager


@pytest.mark.parametrize("stage", ["custody", "support"])
def test_what_the_province_returned_is_read_by_who_decides_now(wuchang, write, editor, manager, coordinator, stage):
    """Out of 托管 meanwhile: what the province returned is not published by handing it in."""
    page = write(wuchang, by=editor, body=WORDS)
    hand_in(wuchang, page, editor)
    approve(wuchang, page, manager)
    send_back(wuchang, page, coordinator)
    wuchang.stage = stage
    wuchang.save()
    hand_in(wuchang, page, editor)  # as it was: the county has read these words
    assert standing_of(wuchang, page) == {"custody": "province", "support": "county"}[stage]
    assert history(wuchang, page)[-1] == "改好，又交上来"
    if stage == "support":
        approve(wuchang, page, manager)
        assert standing_of(wuchang, page) == "live"


def test_the_editor_opens_with_the_remark_and_speaks_our_words(wuchang, returned, manager, editor, client_for):
    address = f"/c/wuchang/cms/pages/{returned.pk}/edit/"
    opened = client_for(editor).get(address).content.decode()
    assert f"{manager.name}退回：第二段的产量没有出处。" in opened
    assert f'href="{here(returned)}"' in opened
    assert "改好了，再交上去" in opened
    for word in (
        "取消工作流",
        "重启工作流",
        "工作流程",
        " ago",
        "seconds",
        "action-restart-workflow",
        "action-cancel-workflow",
    ):
        assert word not in opened, word


def test_from_the_editor_it_is_handed_in_our_way(wuchang, returned, editor, client_for):
    browser = client_for(editor)
    address = f"/c/wuchang/cms/pages/{returned.pk}/edit/"
    answer = browser.post(address, {**POSTED, "action-submit": "true"}, follow=True)
    assert answer.redirect_chain[-1][0] == here(returned)
    told = answer.content.decode()
    assert "“拉林河的水”交上去了，等着看。" in told
    assert "已提交" not in told
    assert standing_of(wuchang, returned) == "county"
    assert history(wuchang, returned)[-1] == "改好，又交上来"
    opened = browser.get(address).content.decode()
    assert "退回：" not in opened


def test_a_new_page_is_handed_in_from_the_editor_our_way(wuchang, editor, client_for):
    from cms.models import CountyHome, StoryPage

    with county_scope(wuchang):
        home = CountyHome.objects.get().pk
    browser = client_for(editor)
    new = f"/c/wuchang/cms/pages/add/cms/storypage/{home}/"
    assert "交上去" in browser.get(new).content.decode()
    answer = browser.post(new, {**POSTED, "action-submit": "true"})
    with county_scope(wuchang):
        page = StoryPage.objects.get(slug="river")
    assert answer["Location"] == here(page)
    assert standing_of(wuchang, page) == "county"
