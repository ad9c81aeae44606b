"""The province: the wall, and what its desk sees of every county."""

from django.urls import path

from campaigns.views import wall

app_name = "campaigns"
urlpatterns = [
    path("endorsements/", wall.wall, name="wall"),
    path("desk/endorsements/", wall.desk, name="desk"),
]
