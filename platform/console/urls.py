from django.urls import path

from console.views import board, counties, importing, inbox, papers, status, system

app_name = "console"
urlpatterns = [
    path("", inbox.show, name="inbox"),
    path("inbox/export/", inbox.export, name="inbox_export"),
    path("inbox/give/", inbox.give, name="inbox_give"),
    path("papers/<uuid:pk>/", papers.paper, name="paper"),
    path("terms/", system.terms, name="terms"),
    path("counties/", counties.listed, name="counties"),
    path("counties/export/", counties.export, name="counties_export"),
    path("counties/progress/", counties.progress, name="progress"),
    path("counties/new/", counties.choose, name="county_new"),
    path("counties/new/<str:code>/", counties.fill_in, name="county_fill"),
    path("counties/import/", importing.upload, name="import"),
    path("counties/import/sample/", importing.sample, name="import_sample"),
    path("counties/import/<int:pk>/", importing.check, name="import_check"),
    path("counties/import/<int:pk>/open/", importing.open_ready, name="import_open"),
    path("counties/import/<int:pk>/marked/", importing.marked, name="import_marked"),
    path("counties/<str:code>/", counties.one, name="county"),
    path("counties/<str:code>/change/", counties.change, name="county_change"),
    path("counties/<str:code>/retry/", counties.retry, name="county_retry"),
    path("counties/<str:code>/suspend/", counties.suspend, name="county_suspend"),
    path("counties/<str:code>/resume/", counties.resume, name="county_resume"),
    path("counties/<str:code>/archive/", counties.archive, name="county_archive"),
    path("board/", board.show, name="board"),
    path("board/invite/", board.invite, name="board_invite"),
    path("board/remind/", board.remind, name="board_remind"),
    path("status/", status.status, name="status"),
    path("jobs/", system.jobs, name="jobs"),
    path("jobs/<int:pk>/rerun/", system.rerun, name="job_rerun"),
    path("audit/", system.audit, name="audit"),
]
