"""A county's product pages, below ``p/``."""

from django.urls import path

from web.views import product

app_name = "web"
urlpatterns = [path("<int:product_id>/", product.product, name="product")]
