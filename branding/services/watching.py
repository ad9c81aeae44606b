"""What the calendar alone changes: a certificate ends, a renewal may be applied for."""

from datetime import timedelta

from django.conf import settings
from django.core.cache import caches

from branding import likeness
from branding.models import Brand
from branding.services import clocks, desk
from branding.states import CERTIFIED
from kernel import clock, outbox

DAY = 24 * 60 * 60


def watch_certificates() -> int:
    """Tell the shop windows of certificates that ended, and the officer of renewals that begin.

    Each is said once: by the outbox's key, and by the inbox's one open item. Safe to run twice at once.
    """
    today = clock.today()
    told = 0
    for brand in Brand.objects.filter(state__in=CERTIFIED, valid_until__lt=today + timedelta(days=366)).order_by("pk"):
        if brand.valid_until is None:
            continue
        if brand.valid_until < today:
            outbox.announce(
                desk.CHANGED,
                {"producer_id": brand.producer_id},
                county=brand.county_code,
                key=f"ended:{brand.pk}:{brand.valid_until}",
            )
        told += begin_renewal(brand)
    return told


def begin_renewal(brand: Brand) -> bool:
    """Put it on the officer's list once a renewal may be applied for."""
    if brand.valid_until is None or clock.today() < clocks.renewal_opens(brand.valid_until):
        return False
    desk.renewal_begins(brand)
    return True


def keep_keys_up() -> int:
    """Once a day, and once after an upgrade: the keys of names by the tables in force."""
    if not caches["shared"].add(f"brand-keys:{settings.RELEASE}:{clock.today()}", 1, DAY):
        return 0
    return likeness.keep_up()
