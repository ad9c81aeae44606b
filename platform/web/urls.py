"""The province's pages that belong to no single room."""

from django.urls import path

from web.views import home, indexing, pages, want

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("season/", home.season, name="season"),
    path("stories/", home.stories, name="stories"),
    path("about/", pages.about, name="about"),
    path("privacy/", pages.privacy, name="privacy"),
    path("want/", want.note, name="want"),
    path("robots.txt", indexing.robots, name="robots"),
    path("sitemap.xml", indexing.map_index, name="map_index"),
    path("sitemap-province.xml", indexing.province_map, name="province_map"),
]
