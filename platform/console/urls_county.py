"""A county's inbox and its front, below its desk."""

from django.urls import path

from console.views import front, inbox

app_name = "console"
urlpatterns = [
    path("inbox/", inbox.county_show, name="inbox"),
    path("inbox/export/", inbox.county_export, name="inbox_export"),
    path("inbox/give/", inbox.county_give, name="inbox_give"),
    path("front/", front.change, name="front"),
]
