"""A county's addresses of accounts: its own people, and what it takes along. Signing in is the province's."""

from django.urls import include, path

from accounts.urls_people import people_paths
from accounts.views import rights

app_name = "accounts"
urlpatterns = [
    path("people/", include(people_paths("county_people"))),
    path("archive/", rights.of_county, name="county_archive"),
    path("archive/ask/", rights.ask_county, name="ask_county_archive"),
    path("archive/progress/", rights.county_progress, name="county_archive_progress"),
    path("archive/<uuid:pk>/", rights.take_county, name="take_county_archive"),
]
