"""Goods made through the services, as people make them."""

import io

from tests.factories.people import client_for

DESCRIPTION = "长在龙凤山脚下的稻田里，九月收，十月碾。"


def finished(county, village, *, by, name="稻花香大米"):
    from catalog import services
    from catalog.models import Producer
    from tenants.scope import county_scope

    with county_scope(county):
        producer = Producer.objects.filter(name=f"{village.name}稻乐合作社").first() or services.save_producer(
            Producer(
                name=f"{village.name}稻乐合作社", kind="coop", business_phone="0451-55550101", village_id=village.pk
            ),
            by=by,
            phone_agreed=True,
        )
        product = services.create_draft(
            by=by,
            name=name,
            category="grain.rice",
            summary="九月收，十月才碾。",
            description=DESCRIPTION,
            producer=producer,
            village_id=village.pk,
            season=[9, 10],
        )
        services.save_variants(product, [services.Pack("2.5 kg", "袋", 6800, 2500, 120)], by=by)
        return product


def hand_in(county, product, *, by):
    from catalog import services
    from tenants.scope import county_scope

    with county_scope(county):
        return services.submit_product(product, by=by)


def publish(county, product, *, by):
    from catalog import services
    from tenants.scope import county_scope

    with county_scope(county):
        return services.publish_product(product, by=by)


def here(county, path=""):
    """An address below the county's desk."""
    return f"/c/{county.slug}/desk/{path}"


def browser(user):
    return client_for(user)


def image(kind="JPEG", size=(600, 400), **options):
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", size, "#B5473A").save(buffer, kind, **options)
    return buffer.getvalue()


def upload(content, name="photo.jpg", kind="image/jpeg"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content, kind)


def facts(county, product):
    """Everything an act could change, to show that a refused one changed nothing."""
    from catalog.models import Product
    from kernel.models import AuditEntry, InboxItem, OutboxRow
    from search.models import Listing
    from tenants.scope import county_scope

    with county_scope(county):
        row = Product.objects.get(pk=product.pk)
        own = (
            {
                name: getattr(row, name)
                for name in (
                    "state",
                    "name",
                    "place",
                    "remarks",
                    "returned_at",
                    "submitted_at",
                    "published_at",
                    "saved_at",
                )
            },
            list(row.variants.values_list("name", "price_fen", "stock")),
            row.photos.count(),
            row.history_moves.count(),
            row.history.count(),
        )
    return (
        own,
        Listing.everything.count(),
        InboxItem.objects.count(),
        AuditEntry.objects.count(),
        OutboxRow.objects.count(),
    )
