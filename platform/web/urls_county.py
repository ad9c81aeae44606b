"""A county's product pages, its map and its feeds."""

from django.urls import path

from web.views import indexing, product

app_name = "web"
urlpatterns = [
    path("p/<int:product_id>/", product.product, name="product"),
    path("robots.txt", indexing.robots, name="robots"),
    path("sitemap.xml", indexing.county_map, name="county_map"),
    path("stories.atom", indexing.stories_feed, name="stories_feed"),
    path("goods.atom", indexing.goods_feed, name="goods_feed"),
]
