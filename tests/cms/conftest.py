from datetime import timedelta

import pytest

from tenants.scope import county_scope


@pytest.fixture
def folders(settings, tmp_path):
    """Pictures and papers of this test alone."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.PRIVATE_ROOT = str(tmp_path / "private")


@pytest.fixture
def support(wuchang):
    """五常 after 托管: its own office has the last word."""
    wuchang.stage = "support"
    wuchang.save()
    return wuchang


@pytest.fixture
def write():
    """``write(county, title, by=…, kind=…, **fields)``: a draft below the county's front page."""
    from cms.models import CountyHome, PersonPage, StoryPage
    from kernel import clock
    from tests.cms.pictures import consent

    def make(county, title="拉林河的水", *, by=None, kind=StoryPage, live=False, **fields):
        with county_scope(county):
            if kind is PersonPage and "consent" not in fields:
                fields["consent"] = consent(title, until=clock.today() + timedelta(days=300))
            page = kind(title=title, slug=fields.pop("slug", "river"), live=False, owner=by, **fields)
            CountyHome.objects.get().add_child(instance=page)
            revision = page.save_revision(user=by)
            if live:
                revision.publish()
            return kind.objects.get(pk=page.pk)

    return make


@pytest.fixture
def sell():
    """``sell(county, 12, price=6800)``: a product in the shop window, without a catalogue behind it."""
    from kernel import clock
    from search import services

    def publish(county, product_id, *, title="稻花香大米", price=6800, category="grain.rice", in_stock=True, place=""):
        services.publish_listing(
            services.ListingFacts(
                county_code=county.code,
                county_name=county.name,
                county_slug=county.slug,
                product_id=product_id,
                title=title,
                summary="当年新米",
                description="",
                producer_name="稻乐合作社",
                place=place,
                category=category,
                price_fen=price,
                unit="2.5 kg",
                price_per_500g_fen=None,
                in_stock=in_stock,
                picture={"drawing": "rice-sack"},
                badges=[],
                season=[],
                published_at=clock.now(),
            )
        )

    return publish
