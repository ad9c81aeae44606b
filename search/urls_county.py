"""What a county's desk shows of the search."""

from django.urls import path

from search import wants_desk

app_name = "search"
urlpatterns = [
    path("", wants_desk.show, name="wants"),
    path("export/", wants_desk.export, name="wants_export"),
]
