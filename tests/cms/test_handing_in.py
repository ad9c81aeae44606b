"""What stands in the way of a page is said when it is handed in, with the way to each thing."""

import pytest

from tenants.scope import county_scope
from tests.cms.test_approval import POSTED, WORDS, hand_in, here, items, standing_of

pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves what it drew a picture into to the collector.
    pytest.mark.filterwarnings(
        "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:Unclosed file:ResourceWarning"
    ),
]


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.PRIVATE_ROOT = str(tmp_path / "private")


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
