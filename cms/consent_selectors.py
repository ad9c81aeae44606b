"""Consents and pictures as the desk lists them."""

from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from wagtail.images import get_image_model
from wagtail.models import Page, ReferenceIndex

from accounts.roles import may
from cms import consent_rules
from cms.consent_entries import SEE_ALL
from cms.models import Consent, PictureAnswer

LISTS = ("holding", "over", "withdrawn")


def consents_of(user: Any, county_code: str) -> QuerySet[Consent]:
    """The office sees all of the county, a team member what they recorded."""
    found = Consent.objects.all()
    return found if may(user, SEE_ALL, county_code) else found.filter(recorded_by=user)


def listed(user: Any, county_code: str, which: str) -> QuerySet[Consent]:
    """What ends first on top; withdrawn ones the newest first."""
    mine = consents_of(user, county_code)
    if which == "withdrawn":
        return mine.filter(withdrawn_at__isnull=False).order_by("-withdrawn_at", "-pk")
    if which == "over":
        return (mine & consent_rules.over()).filter(withdrawn_at__isnull=True).order_by("-until", "-pk")
    return mine.exclude(pk__in=consent_rules.over()).order_by("until", "pk")


def pictures() -> QuerySet[Any]:
    """Every picture of the county, those nobody has answered for first."""
    answered = PictureAnswer.objects.filter(image_id=OuterRef("pk"), file_hash=F("image__file_hash"))
    rows = get_image_model().objects.annotate(answered=Exists(answered)).select_related("answer")
    return rows.prefetch_related("answer__consents").order_by("answered", "-created_at", "-pk")


def unanswered() -> int:
    return pictures().filter(answered=False).count()


def pages_with(image: Any) -> list[Page]:
    """Live pages that show this picture."""
    ids = ReferenceIndex.get_references_to(image).values_list("object_id", flat=True)
    numbers = [int(pk) for pk in ids if str(pk).isdecimal()]
    return list(Page.objects.live().filter(pk__in=numbers).order_by("title"))
