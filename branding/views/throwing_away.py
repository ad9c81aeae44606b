"""A case begun by a slip is taken back: asked once more, then gone."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest, needs
from branding import case_rules
from branding.permissions import WRITE
from branding.services.throwing_away import throw_away as throw_case_away
from branding.views.case_questions import goods_of
from branding.views.finding import case_to_write
from kernel.answers import do_and_say


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(WRITE)
def throw_away(request: SignedInRequest, pk: int) -> HttpResponse:
    """What has a name, a paper or a reader stays, and the sentence says why."""
    brand = case_to_write(request, pk)
    if request.method == "POST":
        do_and_say(request, lambda: throw_case_away(brand, by=request.user), _("扔掉了。"))
        return redirect("brands:list")
    if not case_rules.may_throw_away(request.user, brand):
        return redirect("brands:case", pk)
    context = {"brand": brand, "goods": goods_of(brand), "back_url": reverse("brands:edit", args=[pk])}
    return render(request, "branding/throw_away.html", context)
