from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.doors import SignedInRequest, needs
from console import county_lists
from console.entries import OPEN
from console.forms import UploadForm
from console.models import CountyList
from console.sheets import marked_sheet, sample_sheet, sheet_response
from kernel import audit
from kernel.errors import DomainError


@needs(OPEN)
def upload(request: SignedInRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = county_lists.dry_run(file)
        except DomainError as refusal:
            form.add_error("file", str(refusal))
        else:
            kept = county_lists.keep(file.name, run, by=request.user)
            return redirect("console:import_check", pk=kept.pk)
    return render(request, "console/import.html", {"form": form})


@needs(OPEN)
def sample(request: SignedInRequest) -> HttpResponse:
    return sheet_response(sample_sheet(), _("开馆名单样表.xlsx"))


@needs(OPEN)
def check(request: SignedInRequest, pk: int) -> HttpResponse:
    kept = _mine(request, pk)
    run = county_lists.recall(kept)
    context = {
        "kept": kept,
        "run": run,
        "ready": run.of(county_lists.READY),
        "already": run.of(county_lists.ALREADY),
        "wrong": run.of(county_lists.WRONG),
        "form": UploadForm(),
    }
    return render(request, "console/import_check.html", context)


@needs(OPEN)
@require_POST
def open_ready(request: SignedInRequest, pk: int) -> HttpResponse:
    try:
        batch = county_lists.open_list(_mine(request, pk), by=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("console:import_check", pk=pk)
    return redirect(f"{redirect('console:counties').url}?batch={batch.pk}")


@needs(OPEN)
def marked(request: SignedInRequest, pk: int) -> HttpResponse:
    run = county_lists.recall(_mine(request, pk))
    audit.record("county.list_marked", by=request.user, obj=("county_list", str(pk)), rows=len(run.rows), filters={})
    return sheet_response(marked_sheet(run), _("名单，标好要改的.xlsx"))


def _mine(request: SignedInRequest, pk: int) -> CountyList:
    """A list is its uploader's: it holds the phones of a whole province."""
    return get_object_or_404(CountyList, pk=pk, by=request.user)
