"""“上一步” keeps what was typed; what cannot be kept stays on the screen."""

import pytest

from tests.browsers import PHONE, a_browser
from tests.catalog import goods
from tests.catalog.test_phone_screens import packs, products
from tests.factories.people import client_for

pytestmark = pytest.mark.django_db
BACK = {"before": "1"}


def step(county, product, number):
    return goods.here(county, f"products/{product.pk}/edit/{number}/")


def producers(county):
    from catalog.models import Producer
    from tenants.scope import county_scope

    with county_scope(county):
        return list(Producer.objects.values_list("name", flat=True))


def test_it_is_a_button_of_the_form_and_enter_still_goes_on(wuchang, finished, team):
    page = client_for(team).get(step(wuchang, finished, 2)).content.decode()
    assert '<button class="steps-back" form="answer" name="before" value="1">' in page
    first = page.index('form="answer"')
    assert page.index('name="before"') > first
    assert "aria-hidden" in page[first : first + 60]
    photos = client_for(team).get(step(wuchang, finished, 4)).content.decode()
    assert "steps-back" not in photos
    assert f'<a href="{step(wuchang, finished, 3)}">' in photos


@pytest.mark.parametrize(
    ("number", "typed"),
    [
        (1, {"name": "新稻花香", "category": "grain.rice"}),
        (2, {"summary": "十月碾的", "description": goods.DESCRIPTION, "season": ["9"]}),
        (2, {"summary": "十月碾的", "description": ""}),
        (3, packs(price="66.00")),
    ],
)
def test_what_was_typed_is_kept_on_the_way_back(wuchang, finished, team, number, typed):
    answer = client_for(team).post(step(wuchang, finished, number), typed | BACK)
    assert answer.status_code == 302
    assert answer["Location"] == (step(wuchang, finished, number - 1) if number > 1 else goods.here(wuchang, "mine/"))
    (product,) = products(wuchang)
    kept = (product.name, product.summary, product.variants.all()[0].price_fen)
    assert kept != (finished.name, finished.summary, 6800)


def test_an_empty_screen_lets_one_go(wuchang, finished, team):
    for number, typed in {1: {}, 2: {}, 3: {}, 5: {}}.items():
        assert client_for(team).post(step(wuchang, finished, number), typed | BACK).status_code == 302, number
    (product,) = products(wuchang)
    assert (product.name, len(product.variants.all())) == (finished.name, 1)


@pytest.mark.parametrize(
    ("number", "typed", "still"),
    [
        (2, {"summary": "十月碾的", "description": "短"}, "短</textarea>"),
        (3, packs(price="三十"), 'value="三十"'),
        (3, packs(price=""), 'value="2.5 kg"'),
        (5, {"new_name": "兴源村 姜家", "new_kind": "household", "new_phone": ""}, 'value="兴源村 姜家"'),
    ],
)
def test_what_cannot_be_kept_stays_with_its_error_and_a_way_out(wuchang, finished, team, number, typed, still):
    answer = client_for(team).post(step(wuchang, finished, number), typed | BACK)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert still in page
    assert 'class="error"' in page
    assert "有一格还没存上" in page
    assert f'<a href="{step(wuchang, finished, number - 1)}">不要它，直接回去</a>' in page
    assert "已存 " not in page
    assert producers(wuchang) == ["兴源村稻乐合作社"]


def test_what_is_right_beside_it_is_kept_all_the_same(wuchang, finished, team):
    client_for(team).post(step(wuchang, finished, 2), {"summary": "十月碾的", "description": "短"} | BACK)
    (product,) = products(wuchang)
    assert (product.summary, product.description) == ("十月碾的", goods.DESCRIPTION)


def test_a_new_producer_typed_whole_is_made(wuchang, village, finished, team):
    typed = {
        "village": village.pk,
        "new_name": "姜家",
        "new_kind": "household",
        "new_phone": "0451-55550109",
        "phone_agreed": "on",
    }
    assert client_for(team).post(step(wuchang, finished, 5), typed | BACK).status_code == 302
    (product,) = products(wuchang)
    assert product.producer.name == "姜家"


def test_the_first_screen_leaves_a_draft_where_a_name_was_typed(wuchang, team):
    client = client_for(team)
    new = goods.here(wuchang, "products/new/")
    assert client.post(new, BACK)["Location"] == goods.here(wuchang, "mine/")
    assert products(wuchang) == []
    assert client.post(new, {"name": "大米"} | BACK)["Location"] == goods.here(wuchang, "mine/")
    assert [one.name for one in products(wuchang)] == ["大米"]
    assert client.post(new, {"name": "大" * 61} | BACK).status_code == 200
    assert len(products(wuchang)) == 1


@pytest.mark.django_db(transaction=True)
def test_in_a_real_browser_with_script_and_without(live_server, wuchang, finished, team):
    cookies = [
        {"name": one.key, "value": one.value, "url": live_server.url} for one in client_for(team).cookies.values()
    ]
    with a_browser() as browser:
        for scripts in (True, False):
            phone = browser.new_context(base_url=live_server.url, java_script_enabled=scripts, **PHONE)
            phone.add_cookies(cookies)
            page, there, typed = phone.new_page(), step(wuchang, finished, 2), f"九月收的 {scripts}"
            page.goto(there)
            page.fill("#id_summary", typed)
            said = page.locator(".steps-top .saved")  # it speaks of what stands here now, not of what stood here before
            assert said.inner_text().startswith("还没存" if scripts else "已存")
            page.click("text=上一步")
            page.wait_for_url("**/edit/1/")
            page.goto(there)
            assert page.input_value("#id_summary") == typed
            if scripts:
                page.press("#id_summary", "x")
                assert said.inner_text() == "还没存"
                page.wait_for_selector(".steps-top .saved:not(.saved-not):has-text('已存')")
                page.press("#id_summary", "Backspace")
                assert said.inner_text() == "还没存"
            page.press("#id_summary", "Enter")
            page.wait_for_url("**/edit/3/")
