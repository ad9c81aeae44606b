"""The people's screen, the same under the province's desk and under each county's."""

from django.urls import URLPattern, path

from accounts.views import people, people_acts


def people_paths(name: str) -> list[URLPattern]:
    """Paths below ``desk/people/``; ``name`` is the list's own."""
    return [
        path("", people.people, name=name),
        path("invite/", people_acts.invite, name="invite"),
        path("print/", people_acts.print_invitations, name="print_invitations"),
        path("invitation/<int:pk>/resend/", people_acts.resend, name="resend"),
        path("invitation/<int:pk>/revoke/", people_acts.withdraw, name="withdraw"),
        path("invitation/<int:pk>/phone/", people.invited_phone, name="invited_phone"),
        path("seat/<int:pk>/", people_acts.seat, name="seat"),
        path("seat/<int:pk>/revoke/", people_acts.revoke, name="revoke"),
        path("<int:pk>/phone/", people.phone, name="phone"),
        path("<int:pk>/code/", people_acts.printed_code, name="printed_code"),
        path("<int:pk>/reset/", people_acts.reset, name="reset"),
        path("<int:pk>/close/", people_acts.close, name="close"),
        path("<int:pk>/sessions/end/", people_acts.end_sessions, name="end_sessions"),
        path("<int:pk>/open/", people_acts.reopen, name="reopen"),
        path("reset/<int:pk>/drop/", people_acts.drop_reset, name="drop_reset"),
        path("reset/<int:pk>/approve/", people_acts.approve, name="approve_reset"),
    ]
