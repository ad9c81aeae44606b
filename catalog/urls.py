"""A county's office and its work teams, below ``desk/``."""

from django.urls import path

from catalog.views import desk, on_sale, photos, producers, review, steps

app_name = "catalog"
urlpatterns = [
    path("", desk.desk, name="desk"),
    path("mine/", desk.mine, name="mine"),
    path("products/", desk.products, name="products"),
    path("products/new/", steps.new, name="product_new"),
    path("products/new/save/", steps.save_new, name="save_new"),
    path("products/<int:pk>/", review.product, name="product"),
    path("products/<int:pk>/publish/", review.publish, name="publish"),
    path("products/<int:pk>/return/", review.send_back, name="return"),
    path("products/<int:pk>/withdraw/", review.withdraw, name="withdraw"),
    path("products/<int:pk>/edit/", steps.edit, name="product_edit"),
    path("products/<int:pk>/edit/<int:number>/", steps.step, name="step"),
    path("products/<int:pk>/edit/<int:number>/save/", steps.save_step, name="save_step"),
    path("products/<int:pk>/submit/", steps.submit, name="submit"),
    path("products/<int:pk>/take-back/", steps.take_back, name="take_back"),
    path("products/<int:pk>/stock/", on_sale.stock, name="stock"),
    path("products/<int:pk>/revise/", on_sale.revise, name="revise"),
    path("products/<int:pk>/throw-away/", steps.throw_away, name="throw_away"),
    path("products/<int:pk>/photos/", photos.add, name="photo_add"),
    path("products/<int:pk>/photos/<int:photo_pk>/remove/", photos.remove, name="photo_remove"),
    path("producers/", producers.producers, name="producers"),
    path("producers/new/", producers.add, name="producer_new"),
    path("producers/<int:pk>/", producers.edit, name="producer"),
    path("producers/<int:pk>/account/", producers.tie, name="producer_tie"),
    path("producers/<int:pk>/account/off/", producers.untie, name="producer_untie"),
]
