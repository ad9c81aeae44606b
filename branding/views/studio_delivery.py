"""From the chosen round to the printer: print files, the hand-over, the designer's own word."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.doors import SignedInRequest, needs
from branding import packaging_rules as rules
from branding.models import RoundFile
from branding.packaging_entries import DESIGN
from branding.packaging_states import FileKind, PackageState
from branding.services import packaging
from branding.views.studio_rounds import my_case
from kernel.answers import do_and_say


@never_cache
@require_POST
@needs(DESIGN)
def add_print(request: SignedInRequest, pk: int) -> HttpResponse:
    case = my_case(request, pk)
    upload = request.FILES.get("file")
    if upload is None:
        do_and_say(request, lambda: None, _("先选一个印刷文件，PDF 最好。"))
    else:
        do_and_say(
            request, lambda: packaging.add_print_file(case, upload, by=request.user), _("传好了，接着过合规检查。")
        )
    return redirect("studio:case", pk)


@never_cache
@require_POST
@needs(DESIGN)
def remove_print(request: SignedInRequest, pk: int, file_pk: int) -> HttpResponse:
    case = my_case(request, pk)
    mine = RoundFile.objects.filter(round=case.chosen, kind=FileKind.PRINT, removed_at__isnull=True)
    file = get_object_or_404(mine, pk=file_pk)
    do_and_say(request, lambda: packaging.remove_print_file(file, by=request.user), _("撤掉了。"))
    return redirect("studio:case", pk)


@never_cache
@require_POST
@needs(DESIGN)
def hand_over(request: SignedInRequest, pk: int) -> HttpResponse:
    case = my_case(request, pk)
    rights, thanks = bool(request.POST.get("rights")), bool(request.POST.get("thanks"))
    do_and_say(
        request,
        lambda: packaging.hand_over(case, by=request.user, rights=rights, thanks=thanks),
        _("交付了，村里有五个工作日看。"),
    )
    return redirect("studio:case", pk)


@never_cache
@require_POST
@needs(DESIGN)
def thanks(request: SignedInRequest, pk: int) -> HttpResponse:
    """Named on the product's page, or not any more."""
    case = my_case(request, pk)
    agreed = request.POST.get("agreed") == "yes"
    said = _("产品页会写上你的名字。") if agreed else _("名字从产品页拿掉了。")
    do_and_say(request, lambda: packaging.set_thanks(case, by=request.user, agreed=agreed), said)
    return redirect("studio:case", pk)


@never_cache
@require_POST
@needs(DESIGN)
def give_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """The designer cannot go on; the officer finds another."""
    case = my_case(request, pk)
    words = request.POST.get("words", "")
    do_and_say(request, lambda: packaging.take_back(case, by=request.user, words=words), _("还给包装台了。"))
    gave = not rules.is_designer(request.user, type(case).objects.get(pk=case.pk))
    return redirect("studio:home") if gave else redirect("studio:case", pk)


GIVING_BACK = frozenset({PackageState.ASSIGNED, PackageState.WORKING})
