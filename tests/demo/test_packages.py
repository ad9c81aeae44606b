"""The demo's packages are of goods the demo sells, by people the demo has, and look like something."""

import pytest

from demo.packages import DESIGNS
from demo.people import CAST
from demo.province import counties


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.begins)
def test_each_is_of_goods_the_county_sells(design):
    county = next(one for one in counties() if one.code == design.county)
    assert [product for product in county.products if product["title"].startswith(design.begins)]
    assert design.as_far_as in {"request", "handed_in", "compliance", "delivered"}


@pytest.mark.parametrize("code", sorted({design.county for design in DESIGNS}))
def test_each_county_has_somebody_for_every_side(code):
    roles = {one.role for one in CAST if one.county == code}
    assert {"work_team", "market_supervision", "producer"} <= roles
    assert {"packaging_officer", "designer"} <= {one.role for one in CAST if not one.county}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_a_front_is_drawn(wuchang, kind):
    from branding.models import PackageRequest
    from demo.packages import front

    case = PackageRequest(county_code="230184", product_name="五常大米，新米", place="龙凤山镇", producer_name="稻乐")
    data = front(case, DESIGNS[0], kind, size=30).read()
    assert data.startswith(b"%PDF-" if kind == "pdf" else b"\x89PNG")
    assert len(data) > 5000
