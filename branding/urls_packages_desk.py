"""The province's packaging desk, below ``desk/packages/``."""

from django.urls import path

from branding.views import packages_compliance as compliance
from branding.views import packages_desk as desk

app_name = "packages"
urlpatterns = [
    path("", desk.queue, name="queue"),
    path("<int:pk>/", desk.case, name="case"),
    path("<int:pk>/return/", desk.send_back, name="return"),
    path("<int:pk>/invite/", desk.invite, name="invite"),
    path("<int:pk>/call/", desk.call, name="call"),
    path("<int:pk>/assign/", desk.assign, name="assign"),
    path("<int:pk>/take-back/", desk.take_back, name="take_back"),
    path("<int:pk>/reopen/", desk.reopen, name="reopen"),
    path("<int:pk>/compliance/", compliance.desk, name="compliance"),
    path("<int:pk>/compliance/<int:run_pk>/", compliance.desk_report, name="report"),
    path("<int:pk>/compliance/<int:run_pk>/second/", compliance.desk_second, name="second"),
]
