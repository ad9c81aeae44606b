"""A story that goes live gets its card in the province's search and home page; one that goes, loses it."""

from typing import Any

from cms import consent_rules
from cms.models import StoryPage
from search import services as search
from tenants.scope import current_county


def on_published(sender: type, instance: Any, **kwargs: Any) -> None:
    if not issubclass(sender, StoryPage):
        return
    show(instance)


def show(page: StoryPage) -> None:
    """The card of a live story, with the picture that may be seen now."""
    county = current_county()
    if county is not None:
        search.publish_story(card_of(page, county))


def on_unpublished(sender: type, instance: Any, **kwargs: Any) -> None:
    county = current_county()
    if issubclass(sender, StoryPage) and county is not None:
        search.withdraw_story(county.code, instance.pk)


def card_of(page: StoryPage, county: Any) -> search.StoryFacts:
    return search.StoryFacts(
        county_code=county.code,
        county_name=county.name,
        county_slug=county.slug,
        page_id=page.pk,
        title=page.title,
        standfirst=page.standfirst,
        picture=picture_of(page),
        url_path=f"{page.slug}/",
        published_on=page.date,
        text=plain_text(page),
    )


def picture_of(page: Any, request: Any = None) -> dict[str, Any]:
    """A photo of the page's own, or the drawing it wears until then."""
    if page.photo_id and page.photo_id not in consent_rules.hidden_on(request):
        small = page.photo.get_rendition("fill-360x240|format-jpeg")
        medium = page.photo.get_rendition("max-1200x800|format-jpeg")
        return {"photo": {"small": small.url, "medium": medium.url}, "alt": page.photo.title}
    return {"drawing": page.place, "alt": page.drawing_name}


def plain_text(page: StoryPage) -> str:
    return " ".join(str(part) for block in page.body for part in block.block.get_searchable_content(block.value))
