"""The province's addresses of accounts: coming in, one's own page, the people's screen."""

from django.urls import include, path

from accounts.urls_people import people_paths
from accounts.views import invitation, me, phone, rights, sign_in

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", sign_in.code, name="code"),
    path("sign-in/code/enter/", sign_in.code_enter, name="code_enter"),
    path("sign-in/second-factor/", sign_in.second_factor_page, name="second_factor"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("invite/<str:token>/", invitation.invitation, name="invitation"),
    path("me/", me.me, name="switch"),
    path("me/password/", me.password, name="password"),
    path("me/phone/", phone.phone, name="new_phone"),
    path("me/phone/code/", phone.phone_code, name="new_phone_code"),
    path("me/data/", rights.own, name="own_data"),
    path("me/data/ask/", rights.ask_own, name="ask_own"),
    path("me/data/mail/", rights.mail, name="mail"),
    path("me/data/mail/confirm/", rights.confirm_mail, name="confirm_mail"),
    path("me/data/<uuid:pk>/", rights.take_own, name="take_own"),
    path("me/data/leave/", rights.ask_to_leave, name="ask_to_leave"),
    path("me/data/stay/", rights.stay_after_all, name="stay_after_all"),
    path("me/language/", me.language, name="language"),
    path("me/stay/", me.stay, name="stay"),
    path("me/left/", me.stay_left, name="stay_left"),
    path("me/elsewhere/end/", me.end_elsewhere, name="end_elsewhere"),
    path("desk/people/", include(people_paths("people"))),
]
