"""From draft to shelf and back, as services and as buttons."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.catalog import goods


@pytest.mark.usefixtures("inside")
class TestTheStateTable:
    @given(steps=st.lists(st.sampled_from(["draft", "submitted", "published", "withdrawn"]), max_size=8))
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def test_decides_every_step_and_history_tells_only_what_happened(self, finished, steps):
        from django.db import transaction

        from catalog.models import Product
        from catalog.states import PRODUCT_MOVES
        from kernel.errors import IllegalMove

        with transaction.atomic():
            product, expected, walked = Product.objects.get(pk=finished.pk), "draft", []
            for to in steps:
                if to in PRODUCT_MOVES[expected]:
                    product.move(to)
                    walked.insert(0, (expected, to))
                    expected = to
                else:
                    with pytest.raises(IllegalMove):
                        product.move(to)
                assert Product.objects.get(pk=finished.pk).state == expected
            assert list(product.history_moves.values_list("from_state", "to_state")) == walked
            transaction.set_rollback(True)


def test_the_table_reaches_every_state_and_only_knows_them():
    from catalog.states import PRODUCT_MOVES, ProductState

    assert set(PRODUCT_MOVES) == set(ProductState.values)
    assert set().union(*PRODUCT_MOVES.values()) == set(ProductState.values)


@pytest.mark.usefixtures("inside")
class TestHandingIn:
    def test_needs_what_a_shopper_needs(self, wuchang, team):
        from catalog import services
        from catalog.errors import Unfinished

        bare = services.create_draft(by=team, name="大米")
        before = goods.facts(wuchang, bare)
        with pytest.raises(Unfinished) as refusal:
            services.submit_product(bare, by=team)
        assert set(refusal.value.facts["missing"]) == {"category", "description", "producer", "place", "variants"}
        assert goods.facts(wuchang, bare) == before

    def test_puts_it_into_the_offices_inbox_and_locks_it(self, wuchang, handed_in, team):
        from catalog import services
        from catalog.errors import Locked
        from kernel.models import InboxItem

        assert InboxItem.objects.get(kind="product.review").county_code == wuchang.code
        before = goods.facts(wuchang, handed_in)
        with pytest.raises(Locked):
            services.save_draft(handed_in, by=team, name="改了名")
        with pytest.raises(Locked):
            services.save_variants(handed_in, [services.Pack("5 kg", "袋", 100)], by=team)
        with pytest.raises(Locked):
            services.add_photo(handed_in, goods.upload(goods.image()), by=team)
        assert goods.facts(wuchang, handed_in) == before


@pytest.mark.usefixtures("inside")
class TestTheOffice:
    def test_publishes_into_the_provinces_search_at_once(self, handed_in, manager):
        from catalog import services
        from kernel.models import InboxItem
        from search.models import Listing

        assert not Listing.objects.exists()
        services.publish_product(handed_in, by=manager)
        listing = Listing.objects.get(county_code="230184")
        assert (listing.title, listing.price_fen, listing.unit) == ("稻花香大米", 6800, "2.5 kg")
        assert not InboxItem.objects.filter(done_at__isnull=True).exists()

    def test_returns_with_remarks_that_the_team_keeps_until_the_next_hand_in(self, handed_in, manager, team):
        from catalog import services
        from kernel.models import InboxItem

        services.return_product(handed_in, by=manager, note="", remarks={"name": "别写“最”", "summary": " "})
        handed_in.refresh_from_db()
        assert handed_in.is_returned
        assert handed_in.remarks == {"name": "别写“最”", "note": ""}
        assert InboxItem.objects.get(done_at__isnull=True).person == team
        services.submit_product(handed_in, by=team)
        assert (handed_in.remarks, handed_in.is_returned) == ({}, False)

    def test_must_say_why_it_returns_or_withdraws(self, wuchang, handed_in, manager):
        from catalog import services
        from kernel.errors import NoteMissing

        before = goods.facts(wuchang, handed_in)
        with pytest.raises(NoteMissing):
            services.return_product(handed_in, by=manager, note=" ", remarks={"name": "  "})
        with pytest.raises(NoteMissing):
            services.withdraw_product(handed_in, by=manager, note="")
        assert goods.facts(wuchang, handed_in) == before

    def test_withdraws_from_the_search_and_may_sell_again(self, on_sale, manager, team):
        from catalog import services
        from search.models import Listing

        assert Listing.objects.exists()
        services.withdraw_product(on_sale, by=manager, note="卖完了")
        assert not Listing.objects.exists()
        services.submit_product(on_sale, by=team)
        services.publish_product(on_sale, by=manager)
        assert Listing.objects.count() == 1


class TestTheButtons:
    def test_the_desk_shows_what_waits(self, wuchang, handed_in, manager):
        page = goods.browser(manager).get(goods.here(wuchang))
        assert page.status_code == 200
        assert "稻花香大米" in page.content.decode()

    def test_publishing_shows_it_on_the_shelf(self, wuchang, handed_in, manager):
        client = goods.browser(manager)
        assert "通过并发布" in client.get(goods.here(wuchang, f"products/{handed_in.pk}/")).content.decode()
        answer = client.post(goods.here(wuchang, f"products/{handed_in.pk}/publish/"))
        assert (answer.status_code, answer["Location"]) == (302, goods.here(wuchang))
        assert goods.facts(wuchang, handed_in)[0][0]["state"] == "published"

    def test_a_return_without_a_word_keeps_the_page_and_what_was_written(self, wuchang, handed_in, manager):
        before = goods.facts(wuchang, handed_in)
        answer = goods.browser(manager).post(goods.here(wuchang, f"products/{handed_in.pk}/return/"), {"note": "  "})
        assert answer.status_code == 400
        assert "再退回" in answer.content.decode()
        assert goods.facts(wuchang, handed_in) == before

    def test_remarks_stand_beside_the_teams_fields(self, wuchang, handed_in, manager, team):
        address = goods.here(wuchang, f"products/{handed_in.pk}/")
        goods.browser(manager).post(address + "return/", {"remark_name": "别写产地两遍", "remark_variants": "少了单位"})
        client = goods.browser(team)
        assert "别写产地两遍" in client.get(address + "edit/1/").content.decode()
        assert "少了单位" in client.get(address + "edit/3/").content.decode()
        assert "别写产地两遍" not in client.get(address + "edit/2/").content.decode()
        check = client.get(address + "edit/6/").content.decode()
        assert "再交给县里" in check
        assert "别写产地两遍" in check

    def test_withdrawing_needs_a_note(self, wuchang, on_sale, manager):
        address = goods.here(wuchang, f"products/{on_sale.pk}/withdraw/")
        client = goods.browser(manager)
        assert client.post(address, {"note": ""}).status_code == 400
        assert goods.facts(wuchang, on_sale)[0][0]["state"] == "published"
        assert client.post(address, {"note": "卖完了"}).status_code == 302
        assert goods.facts(wuchang, on_sale)[0][0]["state"] == "withdrawn"

    def test_the_list_filters_by_state_and_word(self, wuchang, village, on_sale, manager, team):
        goods.finished(wuchang, village, by=team, name="小米")
        client = goods.browser(manager)
        assert "小米" in client.get(goods.here(wuchang, "products/")).content.decode()
        sold = client.get(goods.here(wuchang, "products/?state=published")).content.decode()
        assert "稻花香大米" in sold
        assert "小米<" not in sold
        found = client.get(goods.here(wuchang, "products/?q=小米")).content.decode()
        assert "稻花香大米" not in found


def test_remarks_written_are_not_lost_by_the_other_button(wuchang, handed_in, manager):
    """Publishing goods that one has just found fault with is asked about, and every word stays."""
    browser, page = goods.browser(manager), goods.here(wuchang, f"products/{handed_in.pk}/")
    shown = browser.get(page).content.decode()
    assert shown.count('id="send-back"') == 1
    assert f'formaction="{page}publish/"' in shown
    assert shown.index('class="vh" tabindex="-1"') < shown.index("formaction="), "Enter in a remark publishes nothing"
    for typed in ({"remark_name": "名字太长"}, {"note": "照片太暗"}):
        answer = browser.post(f"{page}publish/", typed)
        assert answer.status_code == 400
        assert "您写了要改的" in answer.content.decode()
        assert next(iter(typed.values())) in answer.content.decode()
    assert goods.facts(wuchang, handed_in)[0][0]["state"] == "submitted"
    browser.post(f"{page}publish/", {"remark_name": " ", "note": ""})
    assert goods.facts(wuchang, handed_in)[0][0]["state"] == "published"
