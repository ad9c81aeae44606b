"""A brand case from a phone: part of the county's ``desk/brands/``."""

from django.urls import path

from branding.views import case_papers, case_steps, look, throwing_away

patterns = [
    path("new/", case_steps.new, name="new"),
    path("new/save/", case_steps.save_new, name="save_new"),
    path("look/", look.name, name="look"),
    path("goods/", look.good, name="goods"),
    path("<int:pk>/edit/", case_steps.edit, name="edit"),
    path("<int:pk>/edit/<int:number>/", case_steps.step, name="step"),
    path("<int:pk>/edit/<int:number>/save/", case_steps.save_step, name="save_step"),
    path("<int:pk>/papers/<slug:kind>/", case_papers.paper_add, name="paper_add"),
    path("<int:pk>/papers/<uuid:paper_pk>/remove/", case_papers.paper_remove, name="paper_remove"),
    path("<int:pk>/throw-away/", throwing_away.throw_away, name="throw_away"),
    path("<int:pk>/submit/", case_steps.submit, name="submit"),
]
