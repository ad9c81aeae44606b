"""Pictures of the province and its counties; nothing else below MEDIA_ROOT has an address."""

from django.urls import re_path

from catalog.views import media

_SCHEMA = r"(?P<schema>public|c\d{6})"
urlpatterns = [
    re_path(
        rf"^media/{_SCHEMA}/(?P<folder>photos)/(?P<name>[A-Za-z0-9]{{32}}-(?:small|medium)\.(?:jpg|webp))$",
        media.picture,
    ),
    re_path(
        rf"^media/{_SCHEMA}/(?P<folder>images)/(?P<name>[\w.-]+\.(?:jpe?g|png|webp|gif|avif))$",
        media.picture,
        name="media",
    ),
]
