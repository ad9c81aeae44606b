"""The province: what stands at the root of its host."""

from django.urls import include, path

from config import health
from config.watch import scrape

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", scrape.metrics),
    path("language/", include("django.conf.urls.i18n")),
    path("", include("accounts.urls")),
    path("", include("campaigns.urls")),
    path("desk/brands/", include("branding.urls_desk")),
    path("desk/packages/", include("branding.urls_packages_desk")),
    path("studio/", include("branding.urls_studio")),
    path("desk/", include("console.urls")),
    path("", include("search.urls")),
    path("", include("catalog.urls_media")),
    path("", include("web.urls")),
]
handler400 = "web.views.errors.bad_request"
handler403 = "web.views.errors.forbidden"
handler404 = "web.views.errors.not_found"
handler500 = "web.views.errors.broken"
