"""What stands around a county's pages: its goods of now, its stories, its places."""

from typing import Any

from django.http import HttpRequest

from cms.models import CountyHome, StoryPage
from search import selectors as search
from tenants.models import Township
from tenants.scope import current_county

FIRST_GOODS = 4


def front_page(home: CountyHome, request: HttpRequest) -> dict[str, Any]:
    county = current_county()
    code = county.code if county else ""
    return {
        "county": county,
        "goods": search.newest_listings(code, FIRST_GOODS),
        "goods_total": search.count_listings(code),
        "producers_total": search.count_producers(code),
        "stories": stories(),
        "townships": Township.objects.filter(county_code=code).order_by("pk"),
    }


def stories() -> list[StoryPage]:
    """Newest first."""
    return list(StoryPage.objects.live().order_by("-date", "-pk").select_related("photo")[:12])


def beside_story(story: StoryPage) -> dict[str, Any]:
    county = current_county()
    code = county.code if county else ""
    others = [other for other in stories() if other.pk != story.pk]
    return {"county": county, "goods": search.newest_listings(code, FIRST_GOODS), "others": others[:3]}
