"""The province's brand desk, below ``desk/brands/``."""

from django.urls import path

from branding.views import desk, files, look, notices

app_name = "brands"
urlpatterns = [
    path("", desk.listed, name="list"),
    path("look/", look.desk, name="look"),
    path("<int:pk>/", desk.case, name="case"),
    path("<int:pk>/phone/", desk.phone, name="phone"),
    path("<int:pk>/return/", desk.send_back, name="return"),
    path("<int:pk>/prepare/", desk.prepare, name="prepare"),
    path("<int:pk>/answer/return/", desk.return_answer, name="answer_return"),
    path("<int:pk>/notice/", notices.choose, name="notice"),
    path("<int:pk>/notice/<slug:code>/", notices.enter, name="notice_enter"),
    path("<int:pk>/notice/<int:notice>/back/", notices.take_back, name="notice_back"),
    path("<int:pk>/papers/", files.add, name="paper_add"),
    path("<int:pk>/pack.pdf", files.pack_pdf, name="pack_pdf"),
    path("<int:pk>/pack.zip", files.pack_zip, name="pack_zip"),
    path("<int:pk>/power.pdf", files.power, name="power"),
]
