"""A county's inbox, below its desk."""

from django.urls import path

from console.views import inbox

app_name = "console"
urlpatterns = [
    path("", inbox.county_show, name="inbox"),
    path("export/", inbox.county_export, name="inbox_export"),
    path("give/", inbox.county_give, name="inbox_give"),
]
