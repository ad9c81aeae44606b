"""Below a county's prefix: its stories' desk, its Wagtail desk, its documents, and its pages last."""

from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms.views import pages

wagtails_own = [each for each in wagtail_urls.urlpatterns if each.name != "wagtail_serve"]

urlpatterns = [
    path("desk/stories/", include("cms.urls_desk")),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    *wagtails_own,
    re_path(wagtail_urls.serve_pattern, pages.serve, name="wagtail_serve"),
]
