"""Beside a province that is being upgraded: ``open PART PARTS``, ``fill``, ``drafts``, ``shapes``; prints one JSON line."""

import hashlib
import json
import sys

PHONE = "19900007777"
PASSWORD = "ladder-in-the-village-9"
VISITED = ("230184", "231086")


def open_counties(part, parts):
    """Every county of the province with its tables, without pages and goods: those are nobody's errand here."""
    from django.conf import settings

    from kernel import clock
    from tenants import register, schemas
    from tenants.models import County, SchemaState

    made = 0
    for place, division in enumerate(register.divisions(settings.JIETI_PROVINCE)):
        if place % parts != part or County.objects.filter(code=division.code).exists():
            continue
        county = County.objects.create(
            schema_name=f"c{division.code}",
            code=division.code,
            name=division.name,
            slug=division.slug,
            prefecture_code=division.prefecture_code,
            prefecture=division.prefecture,
            pinyin=division.pinyin,
            initials=division.initials,
            state="open",
        )
        fingerprint = schemas.create_schema(county.schema_name)
        SchemaState.objects.create(county=county, fingerprint=fingerprint, at=clock.now())
        made += 1
    return made


def fill():
    """A member of a work team, and one product on sale in each county that is visited."""
    from kernel.outbox import relay_once
    from tenants.models import County
    from tenants.services import add_village
    from tests.catalog.goods import finished, hand_in, publish
    from tests.factories.people import give_role, make_user

    products = {}
    for code in VISITED:
        county = County.objects.get(code=code)
        village = add_village(county, "龙凤山镇", "东星村")
        user = make_user("赵队员", phone=PHONE, password=PASSWORD) if code == VISITED[0] else make_user("钱队员")
        give_role(user, "work_team", county, villages=[village])
        manager = give_role(make_user("王主任"), "county_manager", county)
        product = finished(county, village, by=user)
        hand_in(county, product, by=user)
        publish(county, product, by=manager)
        products[county.slug] = product.pk
    while relay_once():
        pass
    return products


def drafts():
    from catalog.models import Product
    from tenants.models import County
    from tenants.scope import county_scope

    with county_scope(County.objects.get(code=VISITED[0])):
        return dict(Product.objects.values_list("pk", "name"))


def shapes(*codes):
    """A digest of each schema's catalogue, or of these counties'."""
    from tenants import schemas
    from tenants.models import County

    everywhere = ["public", schemas.TEMPLATE, *County.objects.order_by("code").values_list("schema_name", flat=True)]
    places = [f"c{code}" for code in codes] or everywhere
    return {place: _digest(schemas.catalogue(place)) for place in places}


def _digest(lines):
    kept = sorted(line for line in lines if "upgrade_book" not in line)
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()


def main(verb, *numbers):
    import django

    django.setup()
    done = {"open": open_counties, "fill": fill, "drafts": drafts, "shapes": shapes}[verb](*map(int, numbers))
    print(json.dumps(done))


if __name__ == "__main__":
    main(*sys.argv[1:])
