"""What points at a product from another room: whoever throws a draft away asks first."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from branding.models import PackageRequest
from search.models import Listing

# (county code, product's number) -> the reason to keep it, "" where the room knows nothing of it
Asked = Callable[[str, int], str]
_asked: list[Asked] = []


def ask(asked: Asked) -> None:
    """A room above says what of its own names a product."""
    if asked not in _asked:
        _asked.append(asked)


def reason_to_keep(county_code: str, product_id: int) -> str:
    """The first reason any room gives; to be asked in the county, with the product's row held."""
    return next((said for asked in (_package, _listing, *_asked) if (said := asked(county_code, product_id))), "")


def _package(county_code: str, product_id: int) -> str:
    """A withdrawn one too: its papers still name the product."""
    known = PackageRequest.objects.filter(county_code=county_code, product_id=product_id).exists()
    return _("它申请过包装，要留着。") if known else ""


def _listing(county_code: str, product_id: int) -> str:
    known = Listing.everything.filter(county_code=county_code, product_id=product_id).exists()
    return _("它在全省的货架上有记录，要留着。") if known else ""
