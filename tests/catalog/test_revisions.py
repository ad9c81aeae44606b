"""改稿: goods on sale are changed beside themselves; until the county has passed it shoppers see what it passed."""

import pytest

from catalog import services
from catalog.models import Photo, Product
from catalog.states import ProductState
from kernel.errors import IllegalMove
from kernel.models import AuditEntry, InboxItem
from search.models import Listing
from tenants.scope import county_scope
from tests import racing
from tests.catalog import goods
from tests.catalog.test_phone_screens import packs
from tests.factories.people import give_role, make_person, make_user

pytestmark = pytest.mark.django_db
CHEAPER = packs(price="58.00")


def page(county, product, path="edit/"):
    return goods.here(county, f"products/{product.pk}/{path}")


def begun(county, product, by):
    with county_scope(county):
        return services.begin_revision(product, by=by)


def row_of(county, product):
    with county_scope(county):
        return Product.objects.prefetch_related("variants", "photos").get(pk=product.pk)


def price_of(county, product):
    return [pack.price_fen for pack in row_of(county, product).variants.all()]


def shopper_reads(county, product):
    return goods.browser(None).get(f"/c/{county.slug}/p/{product.pk}/").content.decode()


def waiting(product):
    return list(
        InboxItem.objects.filter(object_kind="product", object_id=str(product.pk), done_at=None).values_list("kind")
    )


def test_a_price_is_changed_from_the_phone_to_the_shelf_and_the_goods_stay_on_sale(wuchang, on_sale, team, manager):
    phone, desk = goods.browser(team), goods.browser(manager)
    assert "改这件产品" in phone.get(page(wuchang, on_sale)).content.decode()
    published_at, pack = row_of(wuchang, on_sale).published_at, row_of(wuchang, on_sale).variants.all()[0].pk

    revision = Product(pk=int(phone.post(page(wuchang, on_sale, "revise/"))["Location"].split("/")[-3]))
    first = phone.get(page(wuchang, revision, "edit/3/")).content.decode()
    assert "县里通过以前，买家看到的还是原来的" in first
    assert 'value="68.00"' in first
    phone.post(page(wuchang, revision, "edit/3/"), CHEAPER)
    assert "¥68.00" in shopper_reads(wuchang, on_sale)
    phone.post(page(wuchang, revision, "submit/"))
    assert Listing.objects.get(product_id=on_sale.pk).price_fen == 6800
    assert waiting(revision) == [("product.review",)]

    read = desk.get(page(wuchang, revision, "")).content.decode()
    assert "的改稿" in read
    assert "在卖的写的是：2.5 kg，¥68.00 / 袋，有 120 袋" in read
    assert "有一份改稿" in desk.get(page(wuchang, on_sale, "")).content.decode()
    said = desk.post(page(wuchang, revision, "publish/"), follow=True).content.decode()
    assert "换上改过的了" in said

    assert "¥58.00" in shopper_reads(wuchang, on_sale)
    assert Listing.objects.filter(county_code=wuchang.code).count() == 1
    assert Listing.objects.get(product_id=on_sale.pk).price_fen == 5800
    row = row_of(wuchang, on_sale)
    assert (row.state, row.published_at) == ("published", published_at), "a new price makes no new goods"
    assert row.variants.all()[0].pk == pack, "what is bound to the pack stays bound to it"
    assert row_of(wuchang, revision).state == "ended"
    assert waiting(revision) == []
    assert AuditEntry.objects.filter(action="product.publish").latest("pk").facts["revised"] == ["variants"]
    assert "改稿通过，换上去了" in desk.get(page(wuchang, revision, ""), follow=True).content.decode()


def test_it_is_sent_back_mended_and_passed(wuchang, on_sale, team, manager):
    revision = begun(wuchang, on_sale, team)
    phone, desk = goods.browser(team), goods.browser(manager)
    phone.post(page(wuchang, revision, "edit/2/"), {"summary": "全国第一香", "description": goods.DESCRIPTION})
    phone.post(page(wuchang, revision, "submit/"))
    desk.post(page(wuchang, revision, "return/"), {"note": "别写第一"})
    assert waiting(revision) == [("product.mend",)]
    assert "别写第一" in phone.get(page(wuchang, revision, "edit/6/")).content.decode()
    phone.post(page(wuchang, revision, "edit/2/"), {"summary": "十月碾的", "description": goods.DESCRIPTION})
    phone.post(page(wuchang, revision, "submit/"))
    desk.post(page(wuchang, revision, "publish/"))
    assert Listing.objects.get(product_id=on_sale.pk).summary == "十月碾的"
    with county_scope(wuchang):
        steps = [one.to_state for one in row_of(wuchang, revision).history_moves.order_by("pk")]
    assert steps == ["submitted", "draft", "submitted", "ended"]


@pytest.mark.parametrize("handed_in_once", [False, True])
def test_it_is_given_up_and_the_goods_stay_as_they_are(wuchang, on_sale, team, manager, handed_in_once):
    revision, phone = begun(wuchang, on_sale, team), goods.browser(team)
    phone.post(page(wuchang, revision, "edit/3/"), CHEAPER)
    phone.post(page(wuchang, revision, "photos/"), {"photo": goods.upload(goods.image())})
    if handed_in_once:
        phone.post(page(wuchang, revision, "submit/"))
        goods.browser(manager).post(page(wuchang, revision, "return/"), {"note": "太便宜了"})
    assert "不改了吗" in phone.get(page(wuchang, revision, "throw-away/")).content.decode()
    assert "照旧卖" in phone.post(page(wuchang, revision, "throw-away/"), follow=True).content.decode()
    assert price_of(wuchang, on_sale) == [6800]
    with county_scope(wuchang):
        assert not Photo.objects.exists()
    assert waiting(revision) == []
    again = begun(wuchang, on_sale, team)
    assert again.pk != revision.pk
    assert price_of(wuchang, again) == [6800]


def test_one_that_the_county_is_reading_is_not_given_up(wuchang, on_sale, team):
    revision, phone = begun(wuchang, on_sale, team), goods.browser(team)
    phone.post(page(wuchang, revision, "submit/"))
    phone.post(page(wuchang, revision, "throw-away/"))
    assert row_of(wuchang, revision).state == "submitted"


def test_withdrawn_meanwhile_what_was_typed_is_the_product_s_own_draft(wuchang, on_sale, team, manager):
    revision = begun(wuchang, on_sale, team)
    phone = goods.browser(team)
    phone.post(page(wuchang, revision, "edit/3/"), CHEAPER)
    phone.post(page(wuchang, revision, "submit/"))
    goods.browser(manager).post(page(wuchang, on_sale, "withdraw/"), {"note": "换包装"})
    assert (row_of(wuchang, on_sale).state, price_of(wuchang, on_sale)) == ("withdrawn", [5800])
    assert row_of(wuchang, revision).state == "ended"
    assert waiting(revision) == []
    assert not Listing.objects.exists()
    goods.browser(manager).post(page(wuchang, revision, "publish/"))
    assert not Listing.objects.exists(), "what ended is not passed any more"
    phone.post(page(wuchang, on_sale, "submit/"))
    goods.browser(manager).post(page(wuchang, on_sale, "publish/"))
    assert Listing.objects.get().price_fen == 5800


def test_photos_are_left_out_and_brought(wuchang, on_sale, team, manager):
    with county_scope(wuchang):
        keep, leave = (
            services.put_package_picture(on_sale, goods.upload(goods.image(size=(600, size))), by=manager)
            for size in (400, 410)
        )
        Photo.objects.update(state="ready")
    revision, phone = begun(wuchang, on_sale, team), goods.browser(team)
    phone.post(page(wuchang, revision, f"photos/{leave.pk}/remove/"))
    phone.post(page(wuchang, revision, "photos/"), {"photo": goods.upload(goods.image(size=(600, 420)))})
    assert {photo.pk for photo in row_of(wuchang, on_sale).photos.all()} == {keep.pk, leave.pk}
    shown = phone.get(page(wuchang, revision, "edit/4/")).content.decode()
    assert f"photos/{keep.pk}/remove/" in shown
    assert f"photos/{leave.pk}/remove/" not in shown
    phone.post(page(wuchang, revision, "submit/"))
    desk = goods.browser(manager)
    assert "去掉 1 张，加了 1 张" in desk.get(page(wuchang, revision, "")).content.decode()
    desk.post(page(wuchang, revision, "publish/"))
    with county_scope(wuchang):
        photos = list(Photo.objects.order_by("order"))
    assert photos[0].pk == keep.pk
    assert {photo.product_id for photo in photos} == {on_sale.pk}
    assert (len(photos), leave.pk in {photo.pk for photo in photos}) == (2, False)


def test_a_photo_drawn_while_its_revision_is_passed_is_the_product_s(wuchang, on_sale, team, manager, monkeypatch):
    from catalog import rendering

    revision = begun(wuchang, on_sale, team)
    with county_scope(wuchang):
        photo = services.add_photo(revision, goods.upload(goods.image()), by=team)
        services.submit_product(revision, by=team)
    draw = rendering.upright_photo

    def passed_meanwhile(file):
        services.publish_product(row_of(wuchang, revision), by=manager)
        return draw(file)

    monkeypatch.setattr(rendering, "upright_photo", passed_meanwhile)
    with county_scope(wuchang):
        rendering.render_photo({"photo": photo.pk}, wuchang.code)
    assert photo.token in str(Listing.objects.get().picture), "the window shows what was drawn late"


def test_stock_counted_meanwhile_is_not_brought_back(wuchang, on_sale, team, manager):
    revision = begun(wuchang, on_sale, team)
    with county_scope(wuchang):
        services.set_stock(on_sale, {row_of(wuchang, on_sale).variants.all()[0].pk: 7}, by=team)
        services.submit_product(revision, by=team)
        services.publish_product(revision, by=manager)
    assert row_of(wuchang, on_sale).variants.all()[0].stock == 7


def test_a_draft_of_it_is_not_passed_by_a_button_that_is_not_shown(wuchang, on_sale, team, manager):
    """ENDED can be reached from a draft; not by way of the county's door."""
    revision = begun(wuchang, on_sale, team)
    with county_scope(wuchang):
        services.save_variants(revision, [services.Pack("2.5 kg", "袋", 100, 2500, 1)], by=team)
        with pytest.raises(IllegalMove):
            services.publish_product(revision, by=manager)
    assert price_of(wuchang, on_sale) == [6800]


def test_words_that_the_law_forbids_are_asked_about_again(wuchang, on_sale, team, manager):
    revision = begun(wuchang, on_sale, team)
    with county_scope(wuchang):
        services.save_draft(revision, by=team, summary="全国第一香")
        services.submit_product(revision, by=team)
    desk = goods.browser(manager)
    assert desk.post(page(wuchang, revision, "publish/")).status_code == 400
    assert row_of(wuchang, on_sale).summary == "九月收，十月才碾。"
    desk.post(page(wuchang, revision, "publish/"), {"despite": "“第一”是村里人叫这块地的名字。"})
    assert row_of(wuchang, on_sale).summary == "全国第一香"


def test_only_who_writes_these_goods_and_only_while_they_are_on_sale(wuchang, on_sale, team, manager, dongning):
    from tenants.services import add_village

    elsewhere = give_role(
        make_user("别村的"), "work_team", wuchang, villages=[add_village(wuchang, "山河镇", "铁西村")]
    )
    for who in (
        elsewhere,
        make_person("work_team", dongning),
        make_person("auditor"),
        make_person("producer", wuchang),
    ):
        assert goods.browser(who).post(page(wuchang, on_sale, "revise/")).status_code in {403, 404}, who
    goods.browser(manager).post(page(wuchang, on_sale, "withdraw/"), {"note": "换包装"})
    goods.browser(team).post(page(wuchang, on_sale, "revise/"))
    with county_scope(wuchang):
        assert Product.objects.count() == 1


def test_a_package_is_asked_for_the_product_not_for_its_revision(wuchang, on_sale, team):
    from branding.ports import goods as ports

    revision = begun(wuchang, on_sale, team)
    assert ports().product(wuchang.code, on_sale.pk)
    assert ports().product(wuchang.code, revision.pk) is None


def test_lists_show_it_for_what_it_is_and_no_more_when_it_ended(wuchang, on_sale, team, manager):
    revision = begun(wuchang, on_sale, team)
    mine, desk = goods.here(wuchang, "mine/"), goods.here(wuchang, "products/")
    assert goods.browser(team).get(mine).content.decode().count("改稿") == 1
    with county_scope(wuchang):
        services.submit_product(revision, by=team)
    assert "改稿" in goods.browser(manager).get(goods.here(wuchang)).content.decode()
    goods.browser(manager).post(page(wuchang, revision, "publish/"))
    for who, where in ((team, mine), (manager, desk)):
        said = goods.browser(who).get(where).content.decode()
        assert f"products/{revision.pk}/" not in said
        assert "改稿" not in said
    assert goods.browser(team).get(page(wuchang, revision))["Location"] == page(wuchang, on_sale)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_who_begin_come_to_the_same_draft(self, wuchang, on_sale, team, manager):
        def begin(by):
            with county_scope(wuchang):
                return services.begin_revision(Product.objects.get(pk=on_sale.pk), by=by).pk

        one, two = racing.at_once(lambda: begin(team), lambda: begin(manager))
        assert isinstance(one, int)
        assert one == two

    def test_without_the_product_s_row_there_would_be_two(self, wuchang, on_sale, team, manager, monkeypatch):
        """The mutant: whoever begins holds nothing."""
        from catalog.services import revising

        monkeypatch.setattr(revising, "locked", lambda product: Product.objects.get(pk=product.pk))

        def begin(by):
            with county_scope(wuchang):
                return services.begin_revision(Product.objects.get(pk=on_sale.pk), by=by).pk

        one, two = racing.before_one_commits(lambda: begin(team), lambda: begin(manager))
        assert one != two

    def test_passed_and_withdrawn_at_once_both_end_and_nothing_is_sold_that_was_not_passed(
        self, wuchang, on_sale, team, manager
    ):
        revision = begun(wuchang, on_sale, team)
        with county_scope(wuchang):
            services.save_variants(revision, [services.Pack("2.5 kg", "袋", 5800, 2500, 1)], by=team)
            services.submit_product(revision, by=team)

        def act(do):
            with county_scope(wuchang):
                return do()

        answers = racing.before_one_commits(
            lambda: act(lambda: services.publish_product(Product.objects.get(pk=revision.pk), by=manager).state),
            lambda: act(
                lambda: services.withdraw_product(Product.objects.get(pk=on_sale.pk), by=manager, note="x").state
            ),
        )
        assert answers[1] == "withdrawn"
        assert answers[0] in {"published", "IllegalMove"}
        assert (row_of(wuchang, on_sale).state, price_of(wuchang, on_sale)) == (ProductState.WITHDRAWN, [5800])
        assert not Listing.objects.exists()
