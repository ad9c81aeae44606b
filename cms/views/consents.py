"""同意书 on the county's desk: the list, a new one, one of them, and taking it back."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.doors import SignedInRequest, county_code_of, needs
from accounts.roles import may
from accounts.views.again import asks_again
from cms import consent_selectors, consents
from cms.consent_entries import ANSWER, RECORD, SEE, WITHDRAW
from cms.consent_forms import ConsentForm
from cms.models import Consent
from kernel import audit, clock
from kernel.answers import do_and_say
from kernel.errors import DomainError, NoteMissing
from kernel.privacy import mask_phone

PAGE = 30
LONGEST_NOTE = 300


@never_cache
@require_safe
@needs(SEE)
def listed(request: SignedInRequest) -> HttpResponse:
    code, which = county_code_of(request), request.GET.get("list", "holding")
    which = which if which in consent_selectors.LISTS else "holding"
    names = {"holding": _("有效"), "over": _("到期"), "withdrawn": _("撤回")}
    counts = [(one, names[one], consent_selectors.listed(request.user, code, one).count()) for one in names]
    rows = consent_selectors.listed(request.user, code, which)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "counts": counts,
        "which": which,
        "query": f"list={which}",
        "may_record": may(request.user, RECORD, code),
        "today": clock.today(),
    }
    return render(request, "cms/desk/consents.html", context)


@never_cache
@require_safe
@needs(SEE)
def blank(request: SignedInRequest) -> HttpResponse:
    """The paper to print and have signed, before anything is recorded (PIPL art. 13–17, 31)."""
    return render(
        request, "cms/desk/consent_blank.html", {"may_record": may(request.user, RECORD, county_code_of(request))}
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(RECORD)
def record(request: SignedInRequest) -> HttpResponse:
    posted = request.method == "POST"
    form = ConsentForm(
        request.POST if posted else None, request.FILES if posted else None, initial={"given_on": clock.today()}
    )
    if posted and form.is_valid():
        try:
            kept = consents.record_consent(form.agreed(), form.cleaned_data["paper"], by=request.user)
        except DomainError as refusal:
            form.add_error("paper" if refusal.code == "bad_paper" else None, str(refusal))
        else:
            messages.success(request, _("%(name)s的同意书登记好了。") % {"name": kept.name})
            return redirect("consents:consent", kept.pk)
    return render(request, "cms/desk/consent_new.html", {"form": form}, status=400 if form.errors else 200)


@never_cache
@require_safe
@needs(SEE)
def consent(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, _find(request, pk))


@never_cache
@require_POST
@needs(WITHDRAW)
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    try:
        consents.withdraw_consent(found, by=request.user, why=request.POST.get("note", "")[:LONGEST_NOTE])
    except NoteMissing as refusal:
        return _page(request, found, note_error=str(refusal), status=400)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("撤回了。页面上现在就看不到，文件和搜索一分钟之内清掉。"))
    return redirect("consents:consent", found.pk)


@never_cache
@require_POST
@needs(RECORD)
@asks_again(after=limits.REVEAL)
def phone(request: SignedInRequest, pk: int) -> HttpResponse:
    """The whole number, once, with an entry in the trail."""
    found = _find(request, pk)
    obj = consents.name_of(found)
    audit.record("consent.phone", by=request.user, county=county_code_of(request), obj=obj, title=found.name)
    return _page(request, found, phone=found.phone or "")


@never_cache
@require_POST
@needs(ANSWER)
def onto_the_wall(request: SignedInRequest, pk: int, image_pk: int) -> HttpResponse:
    found, image = _find(request, pk), consents.image_of(image_pk)
    people = consents.portraits(found)
    if image is None or not people:
        raise Http404
    do_and_say(
        request,
        lambda: [consents.show_on_the_wall(found, image, person, by=request.user) for person in people],
        _("代言墙上换成了这张照片。"),
    )
    return redirect("consents:consent", found.pk)


def _find(request: SignedInRequest, pk: int) -> Consent:
    return get_object_or_404(consent_selectors.consents_of(request.user, county_code_of(request)), pk=pk)


def _page(
    request: SignedInRequest, found: Consent, *, note_error: str = "", phone: str = "", status: int = 200
) -> HttpResponse:
    code = county_code_of(request)
    pictures: list[dict[str, Any]] = [
        {"image": answer.image, "pages": consent_selectors.pages_with(answer.image)}
        for answer in found.pictures.select_related("image")
    ]
    context = {
        "consent": found,
        "paper": consents.paper_of(found),
        "holds": found.holds(),
        "masked": mask_phone(found.phone) if found.phone else "",
        "phone": phone,
        "pictures": pictures,
        "persons": list(found.person_pages.all()),
        "stories": list(found.told_in.all()),
        "endorsers": consents.portraits(found) if found.holds() and found.for_photo else [],
        "may_withdraw": found.withdrawn_at is None and may(request.user, WITHDRAW, code),
        "may_record": may(request.user, RECORD, code),
        "may_answer": may(request.user, ANSWER, code),
        "note": request.POST.get("note", ""),
        "note_error": note_error,
    }
    return render(request, "cms/desk/consent.html", context, status=status)
