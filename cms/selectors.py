"""What stands around a county's pages: its goods of now, its stories, people and places."""

from typing import Any

from cms.models import CountyHome, PersonPage, StoryPage, VillagePage
from cms.window import window_of
from search import selectors as search
from tenants.models import Township, Village
from tenants.scope import current_county

FIRST_GOODS = 4
STORIES = 12
FACES = 8
# What a list shows of a page: the words of a dozen stories need not be fetched to name them.
SHOWN = ("title", "url_path", "standfirst", "place", "photo")
SHOWN_OF_STORIES = (*SHOWN, "date", "author")
SHOWN_OF_PEOPLE = (*SHOWN, "role", "words", "until")


def around_home(home: CountyHome) -> dict[str, Any]:
    county = current_county()
    code = county.code if county else ""
    window = window_of(home, county, newest=FIRST_GOODS)
    people = live_people()
    return {
        "county": county,
        "window": window,
        "goods": window.newest,
        "goods_total": search.count_listings(code),
        "producers_total": search.count_producers(code),
        "stories": stories(),
        "people": people,
        "said": next((one for one in people if one.words), None),
        "villages": list(_shown(VillagePage.objects.live(), SHOWN).order_by("title")),
        "townships": list(Township.objects.filter(county_code=code).order_by("pk")),
    }


def around_story(story: StoryPage) -> dict[str, Any]:
    county = current_county()
    window = window_of(story, county, newest=FIRST_GOODS)
    shown = set(window.picked)
    others = [other for other in stories(4) if other.pk != story.pk]
    return {
        "county": county,
        "window": window,
        "goods": [one for one in window.newest if one.product_id not in shown],
        "others": others[:3],
    }


def around_village(page: VillagePage) -> dict[str, Any]:
    county = current_county()
    place = _name_of_village(page, county)
    window = window_of(page, county, newest=8 if place else 0, place=place)
    return {
        "county": county,
        "window": window,
        "place": place,
        "goods": window.newest,
        "people": list(_shown(page.people.live(), SHOWN_OF_PEOPLE).order_by("title")),
        "stories": list(_shown(page.stories.live(), SHOWN_OF_STORIES).order_by("-date", "-pk")),
    }


def around_person(page: PersonPage) -> dict[str, Any]:
    county = current_county()
    village = page.village if page.village and page.village.live else None
    return {
        "county": county,
        "window": window_of(page, county),
        "village": village,
        "stories": stories_with(page),
    }


def stories(most: int = STORIES) -> list[StoryPage]:
    """Newest first."""
    return list(_shown_stories()[:most])


def live_people() -> list[PersonPage]:
    return list(_shown(PersonPage.objects.live(), SHOWN_OF_PEOPLE).order_by("title")[:FACES])


def stories_with(person: PersonPage) -> list[StoryPage]:
    """The live stories in which this person stands."""
    from wagtail.models import ReferenceIndex

    named = ReferenceIndex.get_references_to(person).filter(model_path__startswith="body")
    ids = [reference.object_id for reference in named]
    return list(_shown_stories().filter(pk__in=ids))


def _shown_stories() -> Any:
    return _shown(StoryPage.objects.live(), SHOWN_OF_STORIES).order_by("-date", "-pk")


def _shown(pages: Any, names: tuple[str, ...]) -> Any:
    return pages.select_related("photo").only(*names)


def _name_of_village(page: VillagePage, county: Any) -> str:
    """ "三岔口镇东星村", as listings write the place of a product."""
    if not page.village_id or county is None:
        return ""
    village = Village.objects.select_related("township").filter(pk=page.village_id, county_code=county.code).first()
    return str(village) if village else ""


def addresses() -> list[tuple[str, Any]]:
    """Every live page that anybody may see: its path below the county's, and when it was last published."""
    home = CountyHome.objects.live().public().first()
    if home is None:
        return []
    ours = home.get_descendants(inclusive=True).live().public().order_by("path")
    return [
        (path[len(home.url_path) :], changed) for path, changed in ours.values_list("url_path", "last_published_at")
    ]
