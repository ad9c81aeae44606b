"""照片里的人: for each picture of the county the one question, and whose consents it rests on."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.images import get_image_model

from accounts.doors import SignedInRequest, county_code_of, needs, needs_sign_in
from cms import consent_rules, consent_selectors, consents
from cms.consent_entries import ANSWER, SEE_ALL, may_see_pictures
from cms.consent_forms import AnswerForm
from cms.picture_form import NOBODY, PEOPLE
from kernel import audit, papers
from kernel.answers import private_file
from kernel.errors import DomainError

PAGE = 24
SIDE = 900  # pixels, the longer one


@never_cache
@require_safe
@needs(ANSWER, reading=SEE_ALL)
def listed(request: SignedInRequest) -> HttpResponse:
    page = Paginator(consent_selectors.pictures(), PAGE).get_page(request.GET.get("page"))
    hidden = consent_rules.hidden_pictures()
    context = {
        "page": page,
        "rows": [{"image": image, "hidden": image.pk in hidden} for image in page],
        "unanswered": consent_selectors.unanswered(),
    }
    return render(request, "cms/desk/pictures.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(ANSWER, reading=SEE_ALL)
def picture(request: SignedInRequest, pk: int) -> HttpResponse:
    image = get_object_or_404(get_image_model(), pk=pk)
    form = AnswerForm(request.POST if request.method == "POST" else None, initial=_said(image))
    if request.method == "POST" and form.is_valid():
        try:
            consents.answer_picture(
                image, people=form.says_people, consents=form.cleaned_data["consents"], by=request.user
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("“%(title)s”答好了。") % {"title": image.title})
            return redirect("consents:pictures")
    context = {"image": image, "form": form, "hidden": image.pk in consent_rules.hidden_pictures()}
    return render(request, "cms/desk/picture.html", context, status=400 if form.errors else 200)


@never_cache
@require_safe
@needs_sign_in
def look(request: SignedInRequest, pk: int) -> HttpResponse:
    """A picture that has no public address now, for whoever must say who is on it; each look is in the trail."""
    code = county_code_of(request)
    if not may_see_pictures(request.user, code):
        raise Http404
    image = get_object_or_404(get_image_model(), pk=pk)
    try:
        with image.file.open("rb") as file:
            shown = papers.previewed(file.read(), SIDE)
    except FileNotFoundError as gone:
        raise Http404 from gone
    except papers.BadPaper as refusal:  # sound enough for Wagtail, too heavy to draw
        return HttpResponse(str(refusal), status=415, content_type="text/plain; charset=utf-8")
    audit.record("picture.open", by=request.user, county=code, obj=("picture", str(image.pk)), title=image.title)
    return private_file(shown, "image/png", f"{image.pk}.png")


def _said(image: object) -> dict[str, object]:
    answer = getattr(image, "answer", None)
    if answer is None:
        return {}
    return {"people": PEOPLE if answer.people else NOBODY, "consents": list(answer.consents.all())}
