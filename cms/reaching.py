"""The page of an address in two looks, where Wagtail takes eight.

Wagtail asks for the site, its root page, the root page as what it is, the child, the child as what it
is, its ancestors and their restrictions, and for each kind of page its content type. A county has one
site and its pages stand right below the front page: one look finds which page it is, one reads it.
Whatever is otherwise (more sites, nothing found, another depth) is left to Wagtail.
"""

from functools import cache

from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from wagtail.models import Site
from wagtail.models.sites import SiteRootPath
from wagtail.url_routing import RouteResult

from cms.models import CountyPage, StoryPage

TOLD = StoryPage.told.through._meta.db_table
WHERE = """
SELECT site.id, site.hostname, site.port, site.site_name, site.root_page_id, site.is_default_site,
  root.url_path AS root_path, locale.language_code,
  page.id AS page_id, page.content_type_id AS kind
FROM wagtailcore_site site
JOIN wagtailcore_page root ON root.id = site.root_page_id
JOIN wagtailcore_locale locale ON locale.id = root.locale_id
LEFT JOIN wagtailcore_page page ON page.live AND CASE WHEN %(slug)s = '' THEN page.id = root.id
  ELSE page.slug = %(slug)s AND page.depth = root.depth + 1 AND starts_with(page.path, root.path) END
LIMIT 2
"""


def reach(request: HttpRequest, slug: str) -> None:
    """Tell Wagtail which page this is, if we can; ``slug`` is empty for the front page."""
    found = list(Site.objects.raw(WHERE, {"slug": slug}))
    if len(found) != 1 or not found[0].is_default_site:
        return
    site = found[0]
    roots = [SiteRootPath(site.pk, site.root_path, site.root_url, site.language_code)]
    request._wagtail_site = site  # type: ignore[attr-defined]
    request._wagtail_cached_site_root_paths = roots  # type: ignore[attr-defined]
    page = _read(site.page_id, site.kind) if site.page_id else None
    if page is not None:
        request._wagtail_route_for_request = RouteResult(page)  # type: ignore[attr-defined]


def _read(page_id: int, kind: int) -> CountyPage | None:
    """The page as what it is, with what else its reader must be asked and told."""
    model = ContentType.objects.get_for_id(kind).model_class()
    if model is None or not issubclass(model, CountyPage):
        return None
    sql = _reading(model)  # type: ignore[arg-type]  # a class is hashable
    return next(iter(model._default_manager.raw(sql, {"page": page_id})), None)


@cache
def _reading(model: type[CountyPage]) -> str:
    """Written once: of forty columns the ORM makes the statement longer than PostgreSQL answers it."""
    told = f", EXISTS (SELECT FROM {TOLD} WHERE storypage_id = page.id) AS anybody_told" if model is StoryPage else ""
    return (
        "SELECT page.*, own.*, EXISTS (SELECT FROM wagtailcore_pageviewrestriction) AS some_are_private"  # noqa: S608
        f"{told} FROM wagtailcore_page page JOIN {model._meta.db_table} own ON own.page_ptr_id = page.id"
        " WHERE page.id = %(page)s AND page.live"
    )
