"""代言 on a county's desk: the list, one of them, and the steps it may take."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, county_code_of, needs
from accounts.roles import may
from campaigns import rules, services
from campaigns.entries import APPROVE, END, SEE, WRITE
from campaigns.forms import EndorsementForm, TermForm, initial_of
from campaigns.models import Endorsement
from campaigns.states import EndorsementState
from catalog.rules import villages_to_write
from kernel import clock
from kernel.errors import DomainError, NoteMissing
from search import selectors as search

PAGE = 30
LONGEST_NOTE = 300


@never_cache
@require_safe
@needs(SEE)
def endorsements(request: SignedInRequest) -> HttpResponse:
    code, state = county_code_of(request), request.GET.get("state", "")
    mine = rules.endorsements_of(request.user, code)
    found = mine.filter(state=state) if state in EndorsementState.values else mine
    counts = [(value, label, mine.filter(state=value).count()) for value, label in EndorsementState.choices]
    context = {
        "page": Paginator(found.prefetch_related("products"), PAGE).get_page(request.GET.get("page")),
        "counts": counts,
        "state": state,
        "query": f"state={state}" if state else "",
        "may_write": may(request.user, WRITE, code),
        "today": clock.today(),
    }
    return render(request, "campaigns/desk.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(WRITE)
def edit(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """A new one, or a draft this person may change; else 404. 交 hands it in at once."""
    found = _find(request, pk) if pk else None
    if found and not rules.can_edit(request.user, found):
        messages.error(request, _("这条代言已经交上去了，等县里看完再改。"))
        return redirect("campaigns:endorsement", found.pk)
    form = _form(request, found)
    if request.method == "POST" and form.is_valid():
        try:
            kept = _keep(request, found, form)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _hand_in(request, kept) if "submit" in request.POST else _kept(request, kept)
    context = {"form": form, "endorsement": found, "letter": rules.letter_of(found) if found else None}
    return render(request, "campaigns/edit.html", context, status=400 if form.errors else 200)


@never_cache
@require_safe
@needs(SEE)
def endorsement(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, _find(request, pk))


@never_cache
@require_POST
@needs(WRITE)
def submit(request: SignedInRequest, pk: int) -> HttpResponse:
    return _hand_in(request, _find(request, pk))


@never_cache
@require_POST
@needs(WRITE)
def drop(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    return _act(request, found, lambda: services.drop_endorsement(found, by=request.user), _("不提了，草稿留着备查。"))


@never_cache
@require_POST
@needs(APPROVE)
def approve(request: SignedInRequest, pk: int) -> HttpResponse:
    found, seen = _find(request, pk), _seen(request)
    return _act(
        request,
        found,
        lambda: services.approve_endorsement(found, by=request.user, seen=seen),
        _("批了。到起始那天，产品页和代言墙上就有。"),
    )


@never_cache
@require_POST
@needs(APPROVE)
def send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    found, note = _find(request, pk), _note(request)
    return _act(
        request,
        found,
        lambda: services.return_endorsement(found, by=request.user, note=note),
        _("退回去了，写的意见对方看得到。"),
    )


@never_cache
@require_POST
@needs(END)
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    found, note = _find(request, pk), _note(request)
    return _act(
        request,
        found,
        lambda: services.end_endorsement(found, by=request.user, note=note),
        _("撤下了，产品页和代言墙上都没有了。"),
    )


@never_cache
@require_POST
@needs(END)
def term(request: SignedInRequest, pk: int) -> HttpResponse:
    """The person's term of office: it changes for all their words at once."""
    found = _find(request, pk)
    form = TermForm(request.POST)
    if not form.is_valid():
        return _page(request, found, term_form=form, status=400)
    typed = form.cleaned_data
    return _act(
        request,
        found,
        lambda: services.change_term(found.endorser, until=typed["until"], by=request.user, note=typed["note"]),
        _("任期改好了，到期的代言一起撤下。"),
    )


def _find(request: SignedInRequest, pk: int) -> Endorsement:
    """This county's, and for a team member their own; anything else is not here."""
    return get_object_or_404(rules.endorsements_of(request.user, county_code_of(request)), pk=pk)


def _form(request: SignedInRequest, found: Endorsement | None) -> EndorsementForm:
    code = county_code_of(request)
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return EndorsementForm(
        *given,
        villages=villages_to_write(request.user, code),
        goods=rules.goods_to_choose(request.user, code),
        initial=initial_of(found) if found else {"starts_on": clock.today()},
    )


def _keep(request: SignedInRequest, found: Endorsement | None, form: EndorsementForm) -> Endorsement:
    county = request.county  # type: ignore[attr-defined]
    told = {"by": request.user, "letter": form.cleaned_data["letter"]}
    if found is None:
        return services.propose_endorsement(county, form.person(), form.word(), **told)
    return services.save_endorsement(found, county, form.person(), form.word(), **told)


def _kept(request: SignedInRequest, found: Endorsement) -> HttpResponse:
    messages.success(request, _("草稿存好了。"))
    return redirect("campaigns:endorsement", found.pk)


def _hand_in(request: SignedInRequest, found: Endorsement) -> HttpResponse:
    return _act(
        request,
        found,
        lambda: services.submit_endorsement(found, by=request.user),
        _("交上去了，等县电商办批。"),
    )


def _act(request: SignedInRequest, found: Endorsement, service: Callable[[], Any], words: str) -> HttpResponse:
    try:
        service()
    except NoteMissing as refusal:
        return _page(request, _find(request, found.pk), note_error=str(refusal), status=400)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    return redirect("campaigns:endorsement", found.pk)


def _note(request: SignedInRequest) -> str:
    return request.POST.get("note", "")[:LONGEST_NOTE]


def _seen(request: SignedInRequest) -> datetime | None:
    try:
        return parse_datetime(request.POST.get("seen", ""))
    except ValueError:
        return None


def _page(
    request: SignedInRequest,
    found: Endorsement,
    note_error: str = "",
    term_form: TermForm | None = None,
    status: int = 200,
) -> HttpResponse:
    products = list(found.products.order_by("pk"))
    shelf = {one.product_id for one in search.listings_of(found.county_code, [one.product_id for one in products])}
    may_end = rules.can_end(request.user, found)
    context = {
        "endorsement": found,
        "endorser": found.endorser,
        "products": [{"product": one, "on_sale": one.product_id in shelf} for one in products],
        "letter": rules.letter_of(found),
        "missing": list(rules.missing(found).values()) if found.state == EndorsementState.DRAFT else [],
        "moves": [
            {"move": move, "name": dict(EndorsementState.choices)[move.to_state]} for move in found.history_moves.all()
        ],
        "may_edit": rules.can_edit(request.user, found),
        "may_approve": rules.can_approve(request.user, found),
        "may_end": may_end,
        "term_form": (term_form or TermForm(initial={"until": found.endorser.term_until})) if may_end else None,
        "note": _note(request),
        "note_error": note_error,
        "today": clock.today(),
    }
    return render(request, "campaigns/endorsement.html", context, status=status)
