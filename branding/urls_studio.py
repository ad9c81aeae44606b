"""The designer's studio, below ``studio/`` on the province."""

from django.urls import path

from branding.views import packages_compliance as compliance
from branding.views import studio
from branding.views import studio_delivery as delivery
from branding.views import studio_rounds as rounds

app_name = "studio"
urlpatterns = [
    path("", studio.home, name="home"),
    path("<int:pk>/", studio.case, name="case"),
    path("<int:pk>/answer/", studio.answer, name="answer"),
    path("<int:pk>/begin/", rounds.begin, name="begin"),
    path("<int:pk>/compare/", rounds.compare, name="compare"),
    path("<int:pk>/rounds/<int:number>/", rounds.show, name="round"),
    path("<int:pk>/rounds/<int:number>/files/", rounds.add_file, name="file_add"),
    path("<int:pk>/rounds/<int:number>/files/<int:file_pk>/remove/", rounds.remove_file, name="file_remove"),
    path("<int:pk>/rounds/<int:number>/hand-in/", rounds.hand_in, name="hand_in"),
    path("<int:pk>/rounds/<int:number>/pins/<int:pin_number>/", rounds.resolve, name="resolve"),
    path("<int:pk>/print/", delivery.add_print, name="print_add"),
    path("<int:pk>/print/<int:file_pk>/remove/", delivery.remove_print, name="print_remove"),
    path("<int:pk>/compliance/", compliance.studio, name="compliance"),
    path("<int:pk>/compliance/<int:run_pk>/", compliance.studio_report, name="report"),
    path("<int:pk>/hand-over/", delivery.hand_over, name="hand_over"),
    path("<int:pk>/thanks/", delivery.thanks, name="thanks"),
    path("<int:pk>/give-back/", delivery.give_back, name="give_back"),
]
