"""A county's desk, below ``desk/endorsements/``."""

from django.urls import path

from campaigns.views import desk

app_name = "campaigns"
urlpatterns = [
    path("", desk.endorsements, name="endorsements"),
    path("new/", desk.edit, name="new"),
    path("<int:pk>/", desk.endorsement, name="endorsement"),
    path("<int:pk>/edit/", desk.edit, name="edit"),
    path("<int:pk>/submit/", desk.submit, name="submit"),
    path("<int:pk>/drop/", desk.drop, name="drop"),
    path("<int:pk>/approve/", desk.approve, name="approve"),
    path("<int:pk>/return/", desk.send_back, name="return"),
    path("<int:pk>/end/", desk.end, name="end"),
    path("<int:pk>/term/", desk.term, name="term"),
]
