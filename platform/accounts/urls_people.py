"""The people's screen, the same under the province's desk and under each county's."""

from django.urls import URLPattern, path

from accounts.views import people, people_acts


def people_paths(name: str) -> list[URLPattern]:
    return [
        path("desk/people/", people.people, name=name),
        path("desk/people/invite/", people_acts.invite, name="invite"),
        path("desk/people/print/", people_acts.print_invitations, name="print_invitations"),
        path("desk/people/invitation/<int:pk>/resend/", people_acts.resend, name="resend"),
        path("desk/people/invitation/<int:pk>/revoke/", people_acts.withdraw, name="withdraw"),
        path("desk/people/invitation/<int:pk>/phone/", people.invited_phone, name="invited_phone"),
        path("desk/people/seat/<int:pk>/", people_acts.seat, name="seat"),
        path("desk/people/seat/<int:pk>/revoke/", people_acts.revoke, name="revoke"),
        path("desk/people/<int:pk>/phone/", people.phone, name="phone"),
        path("desk/people/<int:pk>/code/", people_acts.printed_code, name="printed_code"),
        path("desk/people/<int:pk>/reset/", people_acts.reset, name="reset"),
        path("desk/people/<int:pk>/close/", people_acts.close, name="close"),
        path("desk/people/reset/<int:pk>/approve/", people_acts.approve, name="approve_reset"),
    ]
