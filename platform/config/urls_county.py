"""A county: what stands below ``/c/<slug>/``, or at the root of its own domain."""

from django.urls import include, path

urlpatterns = [
    path("desk/", include("console.urls_county")),
    path("desk/", include("accounts.urls_county")),
    path("desk/endorsements/", include("campaigns.urls_county")),
    path("desk/brands/", include("branding.urls_county")),
    path("desk/packages/", include("branding.urls_packages_county")),
    path("desk/wants/", include("search.urls_county")),
    path("desk/", include("cms.urls_consents")),
    path("desk/", include("catalog.urls")),
    path("", include("web.urls_county")),
    path("cms/", include("accounts.urls_cms")),
    path("", include("cms.urls")),
]
handler400 = "web.views.errors.bad_request"
handler403 = "web.views.errors.forbidden"
handler404 = "web.views.errors.not_found"
handler500 = "web.views.errors.broken"
