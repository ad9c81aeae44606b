"""The search, on the province's host."""

from django.urls import path

from search import api, suggest_api, views, wants_desk

app_name = "search"
urlpatterns = [
    path("search/", views.results, name="results"),
    path("api/search", api.search, name="api"),
    path("api/suggest", suggest_api.suggestions, name="suggest"),
    path("desk/wants/", wants_desk.show, name="wants"),
    path("desk/wants/export/", wants_desk.export, name="wants_export"),
]
