"""What is done from the people's screen: invite, change, revoke, reset, print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import roles, rules, second_factor, selectors, services
from accounts.doors import SignedInRequest, needs
from accounts.errors import WrongPhone
from accounts.forms import InviteForm, ReasonForm, SeatForm
from accounts.messages import later_words
from accounts.models import Invitation, ResetRequest
from accounts.services.invitations import place_name, place_names
from accounts.views import session
from accounts.views.again import asks_again
from accounts.views.people import find_invitation, find_person, find_seat, home_of, people_page, place_of
from kernel.answers import do_and_say
from kernel.errors import DomainError


def _act(request: SignedInRequest, done: str, act: Callable[[], Any]) -> HttpResponse:
    """Try it, say what happened, and go back to the list."""
    do_and_say(request, act, done)
    return redirect(home_of(request))


@require_POST
@sensitive_post_parameters("phone")
@needs("accounts.people.invite")
@asks_again()
def invite(request: SignedInRequest) -> HttpResponse:
    place = place_of(request)
    form = InviteForm(request.POST, by=request.user, county_code=place)
    if not form.is_valid():
        return people_page(request, form=form)
    try:
        issued = services.invite(county_code=place, by=request.user, **form.cleaned_data)
    except DomainError as refusal:
        form.add_error("phone" if isinstance(refusal, WrongPhone) else None, str(refusal))
        return people_page(request, form=form)
    messages.success(request, _invited(issued.invitation.name))
    return redirect(home_of(request))


def _invited(name: str) -> str:
    """At night nothing has been sent yet, and whoever waits beside the phone should know."""
    later = later_words("invitation")
    if later:
        return _with_why(_("给{name}的邀请写好了，7 天内有效。").format(name=name), later)
    return _("邀请发给{name}了，7 天内有效。").format(name=name)


def _with_why(done: str, later: str) -> str:
    """Two sentences; other languages put a space between."""
    return _("{done}{later}").format(done=done, later=later) if later else done


@require_POST
@needs("accounts.people.invite")
def resend(request: SignedInRequest, pk: int) -> HttpResponse:
    invitation = find_invitation(request, pk)
    later = later_words("invitation")
    done = _("给{name}的新邀请写好了，原来的链接作废。") if later else _("重新发给{name}了，原来的链接作废。")
    return _act(
        request,
        _with_why(done.format(name=invitation.name), later),
        lambda: services.resend_invitation(invitation, by=request.user),
    )


@require_POST
@needs("accounts.people.invite")
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    invitation = find_invitation(request, pk)
    return _act(
        request,
        _("给{name}的邀请收回了。").format(name=invitation.name),
        lambda: services.revoke_invitation(invitation, by=request.user),
    )


@never_cache
@require_POST
@needs("accounts.people.invite")
@asks_again()
def print_invitations(request: SignedInRequest) -> HttpResponse:
    """A page to print: one slip a person with its QR. Links sent before end with it."""
    place = place_of(request)
    try:
        issued = services.print_invitations(_to_print(request, place), by=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(home_of(request))
    names = place_names({place, *(one.invitation.county_code for one in issued)})
    slips = [
        {
            "invitation": one.invitation,
            "role": roles.name_of(one.invitation.role),
            "place": names[one.invitation.county_code],
            "link": one.link,
            "qr": session.qr(one.link),
        }
        for one in issued
    ]
    context = {"slips": slips, "place_name": names[place], "home": home_of(request)}
    return render(request, "accounts/print_invitations.html", context)


def _to_print(request: SignedInRequest, place: str) -> QuerySet[Invitation]:
    """Those ticked on this place's list, else all of it; from the province's board the managers of the ticked counties."""
    if request.POST.get("of") == "managers" and getattr(request, "county", None) is None:
        return selectors.pending_managers(request.POST.getlist("county")[:500])
    chosen = [number for number in request.POST.getlist("invitation") if number.isascii() and number.isdecimal()]
    waiting = selectors.pending_invitations(place)
    return waiting.filter(pk__in=chosen[:500]) if chosen else waiting


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("accounts.people.change")
@asks_again()
def seat(request: SignedInRequest, pk: int) -> HttpResponse:
    """One person's role here: change it, or what else may be done to the account."""
    found = find_seat(request, pk)
    initial = {"role": found.role, "villages": found.villages.all()}
    form = SeatForm(request.POST or None, by=request.user, county_code=found.county_code, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _act(
            request, _("{name}的角色改好了。").format(name=found.user.name), lambda: _change(request, found, form)
        )
    context = {
        "seat": found,
        "role": roles.name_of(found.role),
        "place_name": place_name(found.county_code),
        "form": form,
        "reason_form": ReasonForm(),
        "home": home_of(request),
        "has_second_factor": second_factor.is_set_up(found.user),
        "reset_needs_two": rules.reset_needs_two(found.user),
        "may_change": rules.can_keep(request.user, found, "accounts.people.change"),
        "may_reset": rules.can_keep_person(request.user, found.user, "accounts.second_factor.reset"),
        "may_close": rules.can_keep_person(request.user, found.user, "accounts.people.revoke"),
    }
    return render(request, "accounts/seat.html", context)


def _change(request: SignedInRequest, found: Any, form: SeatForm) -> None:
    changed = services.change_role(found, role=form.cleaned_data["role"], by=request.user)
    if roles.ROLES[changed.role].has_villages and "villages" in form.cleaned_data:
        services.change_villages(changed, villages=form.cleaned_data["villages"], by=request.user)


@require_POST
@needs("accounts.people.revoke")
@asks_again()
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    found = find_seat(request, pk)
    return _act(
        request,
        _("{name}的这个角色收回了，马上生效。").format(name=found.user.name),
        lambda: services.revoke_membership(found, by=request.user),
    )


@require_POST
@needs("accounts.people.revoke")
@asks_again()
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    person = find_person(request, pk)
    return _act(
        request,
        _("{name}的账号停用了，马上生效。").format(name=person.name),
        lambda: services.deactivate_person(person, by=request.user),
    )


@require_POST
@needs("accounts.people.revoke")
def end_sessions(request: SignedInRequest, pk: int) -> HttpResponse:
    person = find_person(request, pk)
    return _act(
        request,
        _("{name}的登录全部断开了，要再登录一次。").format(name=person.name),
        lambda: services.end_sessions(person, by=request.user),
    )


@require_POST
@needs("accounts.people.revoke")
@asks_again()
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    person = find_person(request, pk)
    return _act(
        request,
        _("{name}的账号恢复了。").format(name=person.name),
        lambda: services.activate_person(person, by=request.user),
    )


@never_cache
@require_POST
@needs("accounts.people.invite")
@asks_again()
def printed_code(request: SignedInRequest, pk: int) -> HttpResponse:
    """A sign-in code on paper, for somebody whom no text message reaches."""
    person = find_person(request, pk)
    try:
        code = services.print_code(person, by=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(home_of(request))
    context = {"person": person, "code": f"{code[:4]} {code[4:]}", "home": home_of(request)}
    return render(request, "accounts/printed_code.html", context)


@require_POST
@needs("accounts.second_factor.reset")
@asks_again()
def reset(request: SignedInRequest, pk: int) -> HttpResponse:
    person = find_person(request, pk)
    reason = request.POST.get("reason", "")
    if rules.reset_needs_two(person):
        done = _("申请记下了，等第二个人同意。")
    else:
        done = _("{name}的动态验证码重设了，下次登录重新设置。").format(name=person.name)
    return _act(request, done, lambda: services.reset_second_factor(person, by=request.user, reason=reason))


@require_POST
@needs("accounts.second_factor.reset")
@asks_again()
def approve(request: SignedInRequest, pk: int) -> HttpResponse:
    """The second person's yes; only the province has such requests."""
    asked = get_object_or_404(ResetRequest.objects.select_related("subject"), pk=pk)
    find_person(request, asked.subject_id)
    return _act(
        request,
        _("{name}的动态验证码重设了。").format(name=asked.subject.name),
        lambda: services.approve_reset(asked, by=request.user),
    )


@require_POST
@needs("accounts.second_factor.reset")
def drop_reset(request: SignedInRequest, pk: int) -> HttpResponse:
    """Whoever asked takes it back, or the second person says no."""
    asked = get_object_or_404(ResetRequest.objects.select_related("subject"), pk=pk)
    find_person(request, asked.subject_id)
    done = _("{name}的动态验证码不重设了。").format(name=asked.subject.name)
    return _act(request, done, lambda: services.drop_reset(asked, by=request.user))
