"""Pictures with people in them, consents on paper, and pages that show both."""

from datetime import date
from typing import Any

import pytest

from tests.catalog import goods

DRAWING = (
    pytest.mark.usefixtures("folders"),
    # Wagtail leaves what it drew a picture into to the collector.
    pytest.mark.filterwarnings(
        "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:Unclosed file:ResourceWarning"
    ),
)
TODAY = date(2026, 11, 22)


def image(title="老赵在田里", *, color="#B5473A"):
    """A picture of the county we are in."""
    import io

    from django.core.files.base import ContentFile
    from PIL import Image as Pillow
    from wagtail.images.models import Image

    file = io.BytesIO()
    Pillow.new("RGB", (640, 480), color).save(file, "JPEG")
    return Image.objects.create(title=title, file=ContentFile(file.getvalue(), "field.jpg"))


def consent(name="赵福贵", *, by=None, given_on=date(2026, 11, 1), until=date(2027, 11, 1), **more):
    """Recorded without the upload's check, which is tested elsewhere."""
    from cms.models import Consent
    from kernel import clock

    covers = {"for_photo": True, "for_name": True, "for_story": True, **more}
    return Consent.objects.create(
        name=name, given_on=given_on, until=until, recorded_by=by, recorded_at=clock.now(), **covers
    )


def answered(picture, *consents, people=None, by=None):
    from cms import consents as services

    services.answer_picture(picture, people=bool(consents) if people is None else people, consents=consents, by=by)
    return picture


def paper():
    return goods.upload(goods.image(size=(60, 40)), "同意书.jpg")


def block(kind, picture):
    value: Any = {"picture": picture, "caption": "田里的老赵"}
    return ("gallery", {"pictures": [value, value]}) if kind == "gallery" else ("picture", value)


def run_outbox():
    from kernel import outbox

    while outbox.relay_once():
        pass
