"""A county's stories on its desk, below ``desk/stories/``."""

from django.urls import path

from cms.views import acts, review, stories

app_name = "cms"
urlpatterns = [
    path("", stories.listed, name="stories"),
    path("<int:pk>/", review.page, name="story"),
    path("<int:pk>/preview/", review.preview, name="preview"),
    path("<int:pk>/submit/", acts.submit, name="submit"),
    path("<int:pk>/approve/", acts.approve, name="approve"),
    path("<int:pk>/return/", acts.send_back, name="return"),
    path("<int:pk>/withdraw/", acts.withdraw, name="withdraw"),
]
