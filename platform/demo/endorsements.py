"""First secretaries of the demo: invented people, brought onto the wall through the ordinary services."""

import io
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

from accounts import roles
from accounts.models import Membership
from campaigns import services
from campaigns.models import Endorsement
from catalog.models import Product
from catalog.states import ProductState
from kernel import clock
from tenants.models import County, Village
from tenants.scope import county_scope

FILE = Path(__file__).with_name("data") / "endorsements.toml"


def people() -> list[dict[str, Any]]:
    """Every endorsement of the demo as data."""
    with FILE.open("rb") as file:
        return list(tomllib.load(file)["endorsement"])


def bring_in_the_endorsers(codes: set[str]) -> int:
    """Those of open counties who do not stand there yet; returns how many came."""
    came = 0
    for told in people():
        if told["county"] not in codes or Endorsement.objects.filter(endorser__name=told["name"]).exists():
            continue
        county = County.objects.get(code=told["county"])
        with county_scope(county):
            came += _bring_in(county, told)
    return came


def _bring_in(county: County, told: dict[str, Any]) -> bool:
    """One person with their word; False where the county has none of the goods or nobody to approve."""
    village = Village.objects.filter(
        county_code=county.code, township__name=told["township"], name=told["village"]
    ).first()
    goods = [pk for begins in told["goods"] for pk in _on_sale(begins)]
    manager = Membership.objects.current().filter(county_code=county.code, role=roles.COUNTY_MANAGER).first()
    if village is None or manager is None or not goods:
        return False
    today = clock.today()
    person = services.Person(
        name=told["name"],
        title=_("驻村第一书记"),
        village_id=village.pk,
        term_from=today - timedelta(days=told["served"]),
        term_until=today + timedelta(days=told["left"]),
    )
    word = services.Word(
        statement=told["statement"],
        starts_on=today - timedelta(days=min(told["served"], 60)),
        ends_on=person.term_until,
        product_ids=tuple(goods),
        unpaid=True,
    )
    endorsement = services.propose_endorsement(county, person, word, by=manager.user, letter=_letter())
    services.submit_endorsement(endorsement, by=manager.user)
    if not told.get("waiting"):
        services.approve_endorsement(endorsement, by=manager.user)
    return True


def _on_sale(begins: str) -> list[int]:
    found = Product.objects.filter(name__startswith=begins, state=ProductState.PUBLISHED).order_by("pk")
    return list(found.values_list("pk", flat=True)[:1])


def _letter() -> ContentFile:
    """A sheet that says that it is none: the demo has no appointment letters."""
    sheet = Image.new("RGB", (420, 594), "#FFFFFF")
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((24, 24, 395, 569), outline="#2A211B", width=2)
    draw.text((120, 280), "DEMO: NOT A LETTER", fill="#9E3322")
    kept = io.BytesIO()
    sheet.save(kept, "PNG")
    return ContentFile(kept.getvalue(), "demo-letter.png")
