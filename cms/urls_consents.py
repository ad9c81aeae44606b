"""Consents and the people in pictures on a county's desk, below ``desk/``."""

from django.urls import path

from cms.views import consents, pictures

app_name = "consents"
urlpatterns = [
    path("consents/", consents.listed, name="consents"),
    path("consents/blank/", consents.blank, name="blank"),
    path("consents/new/", consents.record, name="new"),
    path("consents/<int:pk>/", consents.consent, name="consent"),
    path("consents/<int:pk>/withdraw/", consents.withdraw, name="withdraw"),
    path("consents/<int:pk>/phone/", consents.phone, name="phone"),
    path("consents/<int:pk>/wall/<int:image_pk>/", consents.onto_the_wall, name="wall"),
    path("pictures/", pictures.listed, name="pictures"),
    path("pictures/<int:pk>/", pictures.picture, name="picture"),
    path("pictures/<int:pk>/look/", pictures.look, name="picture_look"),
]
