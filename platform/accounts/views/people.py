"""The people's screen: who is here, in which role, when they last came, who is still invited."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import limits, reach, roles, rules, second_factor, selectors, services
from accounts.doors import SignedInRequest, county_code_of, needs
from accounts.forms import InviteForm
from accounts.models import Invitation, Membership, User
from accounts.services.invitations import place_name
from accounts.views.again import asks_again
from tenants.addressing import county_url, province_url
from tenants.models import County

PAGE = 50


@never_cache
@require_safe
@needs("accounts.people.see")
def people(request: SignedInRequest) -> HttpResponse:
    return people_page(request)


@never_cache
@require_POST
@needs("accounts.phone.reveal")
@asks_again(after=limits.REVEAL)
def phone(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one number, once. It stands in this answer only, never in a session."""
    user = find_person(request, pk)
    number = services.reveal_phone(user, by=request.user, county_code=place_of(request))
    return people_page(request, revealed=user.pk, number=number)


@never_cache
@require_POST
@needs("accounts.phone.reveal")
@asks_again(after=limits.REVEAL)
def invited_phone(request: SignedInRequest, pk: int) -> HttpResponse:
    invitation = find_invitation(request, pk)
    number = services.reveal_invited_phone(invitation, by=request.user)
    return people_page(request, revealed_invitation=invitation.pk, number=number)


def place_of(request: HttpRequest) -> str:
    """Whose people are looked at: the county we are in, or the one the province chose."""
    here = county_code_of(request)
    if here:
        return here
    chosen = request.POST.get("county") or request.GET.get("county") or ""
    if chosen and not County.objects.filter(code=chosen).exists():
        raise Http404
    return chosen


def home_of(request: HttpRequest) -> str:
    """The address of this screen, for the way back after an act."""
    if county_code_of(request):
        return county_url(request.county.slug, "accounts:county_people")  # type: ignore[attr-defined]
    chosen = place_of(request)
    return province_url("accounts:people") + (f"?county={chosen}" if chosen else "")


def find_person(request: HttpRequest, pk: int) -> User:
    """Somebody with a role here; in a county nobody else is to be found."""
    here = county_code_of(request)
    known = User.objects.all()
    if here:
        seats = Membership.objects.current().filter(county_code=here)
        known = known.filter(pk__in=seats.values("user"))
    return get_object_or_404(known, pk=pk)


def find_seat(request: HttpRequest, pk: int) -> Membership:
    here = county_code_of(request)
    seats = Membership.objects.current().select_related("user")
    return get_object_or_404(seats.filter(county_code=here) if here else seats, pk=pk)


def find_invitation(request: HttpRequest, pk: int) -> Invitation:
    here = county_code_of(request)
    waiting = Invitation.objects.unused()
    return get_object_or_404(waiting.filter(county_code=here) if here else waiting, pk=pk)


def people_page(request: SignedInRequest, form: InviteForm | None = None, **more: Any) -> HttpResponse:
    place = place_of(request)
    me = request.user
    found = _asked_for(request, selectors.members(place))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "place": place,
        "place_name": place_name(place),
        "home": home_of(request),
        "query": request.GET.get("q", ""),
        "chosen_role": request.GET.get("role", ""),
        "page": page,
        "rows": _rows(me, page.object_list),
        "roles": roles.roles_in(roles.COUNTY if place else roles.PROVINCE),
        "counties": [] if county_code_of(request) else County.objects.order_by("code").only("code", "name"),
        "invitations": _waiting(list(selectors.pending_invitations(place)[:200])),
        "requests": [] if place else _requests(me),
        "form": form or InviteForm(by=me, county_code=place),
        "closed": selectors.closed_accounts(place),
        "may_reopen": roles.may(me, "accounts.people.revoke", place),
        "may_invite": bool(rules.roles_to_hand_on(me, place)),
        "may_reveal": roles.may(me, "accounts.phone.reveal", place),
        **more,
    }
    return render(request, "accounts/people.html", context, status=400 if form and form.errors else 200)


def _asked_for(request: HttpRequest, seats: Any) -> Any:
    text, role = request.GET.get("q", "").strip(), request.GET.get("role", "")
    if text:
        seats = seats.filter(Q(user__name__icontains=text) | Q(villages__name__icontains=text)).distinct()
    return seats.filter(role=role) if role else seats


def _rows(me: User, seats: Any) -> list[dict[str, Any]]:
    listed = list(seats)
    owners = second_factor.owners([seat.user for seat in listed])
    return [
        {
            "seat": seat,
            "role": roles.name_of(seat.role),
            "villages": list(seat.villages.all()),
            "has_second_factor": seat.user_id in owners,
            "needs_second_factor": roles.needs_second_factor([seat.role]),
            "may_change": rules.can_keep(me, seat, "accounts.people.change"),
        }
        for seat in listed
    ]


def _waiting(invitations: list[Invitation]) -> list[dict[str, Any]]:
    """Each with how far it has come: one whose text message waits has not been sent to anybody."""
    came = reach.of_each(invitations)
    return [{"invitation": one, "role": roles.name_of(one.role), "reach": came[one.pk]} for one in invitations]


def _requests(me: User) -> list[dict[str, Any]]:
    return [
        {
            "request": request,
            "is_mine": me.pk in {request.asked_by_id, request.subject_id},
            "is_asked_by_me": me.pk == request.asked_by_id,
            "is_about_me": me.pk == request.subject_id,
        }
        for request in selectors.reset_requests()
    ]
