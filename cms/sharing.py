"""What a county's page says of itself to search engines and chats, as plain facts."""

from typing import Any

from django.utils.translation import gettext as _

from cms import cards
from tenants.addressing import county_url, province_url


def of_page(page: Any, county: Any, request: Any = None) -> dict[str, Any]:
    """``picture``, ``kind``, ``crumbs`` and schema.org ``things``; the picture is one that may be seen now."""
    from cms.models import CountyHome, PersonPage, StoryPage, VillagePage

    if county is None:
        return {}
    pavilion = (county.name, county_url(county.slug))
    crumbs = [(_("借梯"), province_url("web:home")), pavilion]
    if not isinstance(page, CountyHome):
        crumbs.append((page.title, ""))
    told: dict[str, Any] = {"picture": cards.picture_of(page, request), "crumbs": crumbs, "things": []}
    for kind, say in ((CountyHome, _home), (StoryPage, _story), (VillagePage, _village), (PersonPage, _person)):
        if isinstance(page, kind):
            told["things"] = [say(page, county)]
    if isinstance(page, StoryPage):
        told |= {"kind": "article", "published": page.date.isoformat()}
    return told


def _home(page: Any, county: Any) -> dict[str, Any]:
    thing = {"@type": "Organization", "name": county.name, "description": page.standfirst}
    if county.service_phone:
        thing["telephone"] = county.service_phone
    return thing


def _story(page: Any, county: Any) -> dict[str, Any]:
    return {
        "@type": "Article",
        "headline": page.title,
        "description": page.standfirst,
        "datePublished": page.date.isoformat(),
        "dateModified": (page.last_published_at or page.latest_revision_created_at or page.date).isoformat(),
        "author": {"@type": "Organization", "name": page.author or county.name},
        "publisher": {"@type": "Organization", "name": county.name},
        "inLanguage": "zh-Hans",
    }


def _village(page: Any, county: Any) -> dict[str, Any]:
    return {
        "@type": "Place",
        "name": page.title,
        "description": page.standfirst,
        "containedInPlace": {"@type": "AdministrativeArea", "name": county.name},
    }


def _person(page: Any, county: Any) -> dict[str, Any]:
    """No more than the page says; it is shown only with the person's consent."""
    return {"@type": "ProfilePage", "mainEntity": {"@type": "Person", "name": page.title, "jobTitle": page.role}}
