"""A county's package designs, below ``desk/packages/``: the village's phone, the three who sign."""

from django.urls import path

from branding.views import packages_brief as brief
from branding.views import packages_compliance as compliance
from branding.views import packages_county as county
from branding.views import packages_rounds as rounds
from branding.views import packages_signing as signing

app_name = "packages"
urlpatterns = [
    path("", county.listed, name="list"),
    path("new/<int:product_id>/", brief.open_new, name="open"),
    path("<int:pk>/", county.case, name="case"),
    path("<int:pk>/withdraw/", county.withdraw, name="withdraw"),
    path("<int:pk>/owner/", county.owner, name="owner"),
    path("<int:pk>/edit/", brief.edit, name="edit"),
    path("<int:pk>/edit/<int:number>/", brief.step, name="step"),
    path("<int:pk>/edit/<int:number>/save/", brief.save_step, name="save_step"),
    path("<int:pk>/photos/", brief.add_photo, name="photo_add"),
    path("<int:pk>/photos/<uuid:paper>/remove/", brief.remove_photo, name="photo_remove"),
    path("<int:pk>/submit/", brief.submit, name="submit"),
    path("<int:pk>/rounds/<int:number>/", rounds.show, name="round"),
    path("<int:pk>/rounds/<int:number>/pin/", rounds.pin, name="pin"),
    path("<int:pk>/rounds/<int:number>/pins/<int:pin_number>/", rounds.resolve, name="resolve"),
    path("<int:pk>/rounds/<int:number>/choose/", rounds.choose, name="choose"),
    path("<int:pk>/again/", rounds.again, name="again"),
    path("<int:pk>/sign/", signing.show, name="sign"),
    path("<int:pk>/sign/<str:side>/", signing.sign, name="sign_side"),
    path("<int:pk>/refuse/<str:side>/", signing.refuse, name="refuse"),
    path("<int:pk>/accept/", signing.accept, name="accept"),
    path("<int:pk>/object/", signing.object_to, name="object"),
    path("<int:pk>/finished/", signing.finished, name="finished"),
    path("<int:pk>/compliance/", compliance.village, name="compliance"),
    path("<int:pk>/compliance/<int:run_pk>/", compliance.village_report, name="report"),
    path("<int:pk>/compliance/<int:run_pk>/second/", compliance.county_second, name="second"),
]
