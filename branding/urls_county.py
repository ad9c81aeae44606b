"""The village's side of brand cases, below a county's ``desk/brands/``."""

from django.urls import path

from branding import urls_case_steps
from branding.views import village

app_name = "brands"
urlpatterns = [
    path("", village.listed, name="list"),
    *urls_case_steps.patterns,
    path("<int:pk>/", village.case, name="case"),
    path("<int:pk>/answer/", village.answer, name="answer"),
    path("<int:pk>/take-back/", village.take_back, name="take_back"),
    path("<int:pk>/give-up/", village.give_up, name="give_up"),
    path("<int:pk>/producer/", village.link_producer, name="link_producer"),
    path("<int:pk>/power.pdf", village.power, name="power"),
]
