"""What is judged is what goes on the shelf, however long the reviewer reads."""

import pytest

from tests.catalog import goods


@pytest.mark.usefixtures("inside")
class TestALateReviewer:
    @pytest.fixture
    def anew(self, wuchang, handed_in, manager, team):
        """Sent back by one and handed in anew while another still reads the first hand-in."""
        from catalog import services
        from catalog.models import Product

        read = Product.objects.get(pk=handed_in.pk)
        services.return_product(handed_in, by=manager, note="名字写全")
        services.save_draft(handed_in, by=team, name="五常稻花香大米")
        services.submit_product(Product.objects.get(pk=handed_in.pk), by=team)
        return read

    def test_reads_again_what_was_changed_meanwhile(self, wuchang, anew, manager):
        from catalog import services
        from catalog.errors import ChangedMeanwhile

        before = goods.facts(wuchang, anew)
        with pytest.raises(ChangedMeanwhile):
            services.publish_product(anew, by=manager, seen=anew.submitted_at)
        assert goods.facts(wuchang, anew) == before

    def test_never_lists_the_words_of_an_older_reading(self, anew, manager):
        from catalog import services
        from search.models import Listing

        services.publish_product(anew, by=manager)
        assert Listing.objects.get().title == "五常稻花香大米"


def test_the_button_carries_the_hand_in_it_was_shown_with(wuchang, handed_in, manager):
    client = goods.browser(manager)
    page = client.get(goods.here(wuchang, f"products/{handed_in.pk}/")).content.decode()
    assert f'name="seen" value="{handed_in.submitted_at.isoformat()}"' in page.replace("&#x2B;", "+")
    address = goods.here(wuchang, f"products/{handed_in.pk}/publish/")
    before = goods.facts(wuchang, handed_in)
    client.post(address, {"seen": "2026-01-01T00:00:00+08:00"})
    assert goods.facts(wuchang, handed_in) == before
    client.post(address, {"seen": handed_in.submitted_at.isoformat()})
    assert goods.facts(wuchang, handed_in)[0][0]["state"] == "published"


def test_a_product_that_lost_its_packs_is_not_published(wuchang, handed_in, manager):
    from catalog import services
    from catalog.errors import Unfinished
    from tenants.scope import county_scope

    with county_scope(wuchang):
        handed_in.variants.all().delete()
        before = goods.facts(wuchang, handed_in)
        with pytest.raises(Unfinished):
            services.publish_product(handed_in, by=manager)
        assert goods.facts(wuchang, handed_in) == before
