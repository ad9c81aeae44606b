"""Which page of the county names a product: on its live page or in what is being written."""

from django.utils.translation import gettext as _

from cms.models import CountyHome, PersonPage, StoryPage, VillagePage
from cms.window import Wanted

PAGES = (CountyHome, StoryPage, VillagePage, PersonPage)


def told_by(county_code: str, product_id: int) -> str:
    """The reason to keep it: the first page that shows it, "" where none does. Asked inside the county."""
    for model in PAGES:
        for page in model.objects.all():
            if _shows(page, product_id) or _shows(page.get_latest_revision_as_object(), product_id):
                return _("“%(page)s”这一页里放了它，先在故事台拿掉。") % {"page": page.title}
    return ""


def _shows(page: CountyHome | StoryPage | VillagePage | PersonPage, product_id: int) -> bool:
    wanted = Wanted()
    for name in page.goods_streams:
        wanted.look_through(getattr(page, name))
    return product_id in wanted.products
