"""拿回来改: the team has back what it handed in, as long as the county has not decided."""

import io

import pytest
from openpyxl import load_workbook

from tests.catalog import goods
from tests.catalog.test_throwing_away import race

pytestmark = pytest.mark.django_db


def there(county, product):
    return goods.here(county, f"products/{product.pk}/take-back/")


def take(county, product, by):
    return goods.browser(by).post(there(county, product), follow=True).content.decode()


def state(county, product):
    return goods.facts(county, product)[0][0]["state"]


def moves(county, product):
    from tenants.scope import county_scope

    with county_scope(county):
        return list(product.history_moves.order_by("pk").values_list("to_state", "by_name"))


def test_the_team_takes_it_back_mends_it_and_hands_it_in_again(wuchang, handed_in, team, manager):
    from kernel.models import AuditEntry, InboxItem

    browser = goods.browser(team)
    look = browser.get(goods.here(wuchang, f"products/{handed_in.pk}/edit/")).content.decode()
    assert there(wuchang, handed_in) in look
    assert take(wuchang, handed_in, team).count("拿回来了，改好再交给县里") == 1, "said once"
    assert state(wuchang, handed_in) == "draft"
    assert not InboxItem.objects.filter(kind="product.review", done_at__isnull=True).exists()
    assert AuditEntry.objects.get(action="product.take_back").by_id == team.pk
    review = goods.browser(manager).get(goods.here(wuchang, f"products/{handed_in.pk}/")).content.decode()
    assert "队里拿回来改" in review
    assert "退回补正" not in review
    step = goods.here(wuchang, f"products/{handed_in.pk}/edit/1/")
    assert browser.post(step, {"name": "五常稻花香", "category": "grain.rice"}).status_code == 302
    browser.post(goods.here(wuchang, f"products/{handed_in.pk}/submit/"))
    assert state(wuchang, handed_in) == "submitted"
    assert InboxItem.objects.filter(kind="product.review", done_at__isnull=True).count() == 1
    assert moves(wuchang, handed_in) == [("submitted", "赵队员"), ("draft", "赵队员"), ("submitted", "赵队员")]


def test_the_county_finds_it_among_the_done_with_how_it_ended_and_what_it_decided_without(
    wuchang, handed_in, team, manager
):
    from kernel.models import InboxItem

    take(wuchang, handed_in, team)
    browser, inbox = goods.browser(manager), "/c/wuchang/desk/inbox/"
    assert "工作队拿回去改了" in browser.get(f"{inbox}?list=done").content.decode()
    sheet = load_workbook(io.BytesIO(browser.get(f"{inbox}export/?list=done").content)).active
    assert [row[-1] for row in sheet.iter_rows(values_only=True)] == ["结果", "工作队拿回去改了"]
    goods.browser(team).post(goods.here(wuchang, f"products/{handed_in.pk}/submit/"))
    browser.post(goods.here(wuchang, f"products/{handed_in.pk}/return/"), {"note": "写清产地"})
    assert list(InboxItem.objects.filter(kind="product.review").order_by("pk").values_list("outcome", flat=True)) == [
        "product.taken_back",
        "",
    ]
    assert browser.get(f"{inbox}?list=done").content.decode().count("工作队拿回去改了") == 1


def test_what_the_county_said_before_stands_beside_the_fields_again(wuchang, handed_in, team, manager):
    county, browser = goods.browser(manager), goods.browser(team)
    sent = {"note": "再写细一点", "remark_summary": "这一句没有出处"}
    county.post(goods.here(wuchang, f"products/{handed_in.pk}/return/"), sent)
    browser.post(goods.here(wuchang, f"products/{handed_in.pk}/submit/"))
    step = goods.here(wuchang, f"products/{handed_in.pk}/edit/2/")
    take(wuchang, handed_in, team)
    assert "这一句没有出处" in browser.get(step).content.decode()
    browser.post(goods.here(wuchang, f"products/{handed_in.pk}/submit/"))
    assert "退回时说：这一句没有出处" in county.get(goods.here(wuchang, f"products/{handed_in.pk}/")).content.decode()


def test_another_villages_team_may_not(wuchang, handed_in, other_team):
    before = goods.facts(wuchang, handed_in)
    assert goods.browser(other_team).post(there(wuchang, handed_in)).status_code == 404
    assert goods.facts(wuchang, handed_in) == before


def test_what_the_county_passed_or_sent_back_is_refused_with_a_sentence(wuchang, village, team, manager, on_sale):
    from catalog import services
    from tenants.scope import county_scope

    before = goods.facts(wuchang, on_sale)
    assert "县里已经通过，在卖了" in take(wuchang, on_sale, team)
    assert goods.facts(wuchang, on_sale) == before
    look = goods.browser(team).get(goods.here(wuchang, f"products/{on_sale.pk}/edit/")).content.decode()
    assert there(wuchang, on_sale) not in look
    other = goods.hand_in(wuchang, goods.finished(wuchang, village, by=team, name="小米"), by=team)
    with county_scope(wuchang):
        services.return_product(other, by=manager, note="改一改")
    before = goods.facts(wuchang, other)
    assert "已经不在县里手上了" in take(wuchang, other, team)
    assert goods.facts(wuchang, other) == before


def test_it_stays_on_record_and_is_not_thrown_away(wuchang, handed_in, team):
    take(wuchang, handed_in, team)
    page = goods.browser(team).post(goods.here(wuchang, f"products/{handed_in.pk}/throw-away/"), follow=True)
    assert "要留底，不能扔" in page.content.decode()


def the_two(product, team, manager, decision):
    from catalog import services
    from catalog.models import Product

    def take_back():
        services.take_back_product(Product.objects.get(pk=product.pk), by=team)

    def decide():
        found = Product.objects.get(pk=product.pk)
        if decision == "publish":
            services.publish_product(found, by=manager, seen=found.submitted_at)
        else:
            services.return_product(found, by=manager, note="改一改")

    return take_back, decide


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("decision", ["publish", "return"])
def test_taken_back_a_moment_earlier_nothing_is_decided(wuchang, handed_in, team, manager, decision):
    from search.models import Listing

    take_back, decide = the_two(handed_in, team, manager, decision)
    assert race(wuchang, take_back, decide) == ["done", "illegal_move"]
    assert moves(wuchang, handed_in) == [("submitted", "赵队员"), ("draft", "赵队员")]
    assert not Listing.everything.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("decision", "to"), [("publish", "published"), ("return", "draft")])
def test_decided_a_moment_earlier_it_is_not_taken_back(wuchang, handed_in, team, manager, decision, to):
    take_back, decide = the_two(handed_in, team, manager, decision)
    assert race(wuchang, decide, take_back) == ["decided", "done"]
    assert moves(wuchang, handed_in) == [("submitted", "赵队员"), (to, "王主任")]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_would_be_on_the_shelf_and_a_draft(wuchang, handed_in, team, manager, monkeypatch):
    """The mutant: the row is read without ``FOR UPDATE``. It must be caught by the tests above."""
    from kernel.workflow import Stateful

    take_back, decide = the_two(handed_in, team, manager, "publish")
    monkeypatch.setattr(Stateful, "_locked", lambda self: type(self)._default_manager.all())
    assert race(wuchang, decide, take_back) == ["done", "done"]
