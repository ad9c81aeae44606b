"""An officer enters a document: first which kind, then what stands on it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import SignedInRequest, needs
from branding.case_forms import NoticeForm
from branding.case_story import line_of
from branding.errors import EnteredAlready, FactMissing, NotNow, PaperMissing, WrongDate
from branding.models import Brand
from branding.notice_kinds import NOTICE_KINDS, NoticeKind, kinds_from
from branding.permissions import OFFICER
from branding.services import answers, mistakes
from branding.services import notices as verbs
from branding.states import word_of
from branding.views.finding import case_anywhere
from kernel.answers import do_and_say
from kernel.errors import DomainError
from kernel.papers import BadPaper


@never_cache
@require_safe
@needs(OFFICER)
def choose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which documents may come now, each with where it leads."""
    brand = case_anywhere(pk)
    context = {"brand": brand, "line": line_of(brand), "kinds": _rows(brand)}
    return render(request, "branding/notice_choose.html", context)


def _rows(brand: Brand) -> list[dict[str, object]]:
    registered = brand.registered_on is not None
    return [
        {
            "kind": kind,
            "to": word_of(kind.moves[brand.state], registered=registered),
            "moves": kind.moves[brand.state] != brand.state,
        }
        for kind in kinds_from(brand.state)
    ]


@never_cache
@needs(OFFICER)
def enter(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    brand = case_anywhere(pk)
    kind = NOTICE_KINDS.get(code)
    if kind is None:
        raise Http404
    answer = answers.waiting_answer(brand) if _answers(brand, kind) else None
    form = NoticeForm(
        kind, brand, request.POST or None, request.FILES or None, has_answer=bool(answer and answer.paper_id)
    )
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                verbs.enter(brand, code, by=request.user, **form.facts())
            except (WrongDate, FactMissing, PaperMissing, BadPaper, EnteredAlready) as refusal:
                form.add_error(_field_of(refusal, form), str(refusal))
            except (NotNow, DomainError) as refusal:
                messages.error(request, str(refusal))
                return redirect("brands:case", pk)
            else:
                messages.success(request, _("%(paper)s记好了。") % {"paper": kind.name})
                return redirect("brands:case", pk)
        status = 400
    context = {"brand": brand, "kind": kind, "form": form, "answer": answer, "line": line_of(brand)}
    return render(request, "branding/notice.html", context, status=status)


@never_cache
@require_POST
@needs(OFFICER)
def take_back(request: SignedInRequest, pk: int, notice: int) -> HttpResponse:
    """记错了，收回。"""
    brand = case_anywhere(pk)
    why = request.POST.get("why", "")
    do_and_say(
        request,
        lambda: mistakes.take_back(brand, notice, by=request.user, why=why),
        _("收回了，案子回到记它以前。照文件再记一次。"),
    )
    return redirect("brands:case", pk)


def _answers(brand: Brand, kind: NoticeKind) -> bool:
    asked = verbs.open_question(brand)
    return asked is not None and NOTICE_KINDS[asked.kind].answer == kind.code


def _field_of(refusal: DomainError, form: NoticeForm) -> str | None:
    """Beside which field a refusal is said."""
    if isinstance(refusal, (PaperMissing, BadPaper)):
        name = "file"
    elif isinstance(refusal, WrongDate):
        name = next(
            (one for one, value in form.cleaned_data.items() if value == refusal.facts.get("dated") and value), "dated"
        )
    else:
        name = str(refusal.facts.get("fact", "number" if "notice" in refusal.facts else ""))
    return name if name in form.fields else None
