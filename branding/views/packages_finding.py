"""What a packaging view looks for first: a case of this county that this person may see."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.doors import SignedInRequest, county_code_of
from branding import packaging_rules as rules
from branding.models import PackageRequest, Round
from branding.packaging_states import PackageState
from kernel.clock import SHANGHAI
from tenants.addressing import province_url


def seen_case(request: SignedInRequest, pk: int) -> PackageRequest:
    """A case of this county on this person's lists; else 404."""
    return get_object_or_404(
        rules.cases_of(request.user, county_code_of(request)).select_related("designer", "owner", "chosen"), pk=pk
    )


def their_case(request: SignedInRequest, pk: int) -> PackageRequest:
    """A case of the person's own villages; else 404."""
    case = seen_case(request, pk)
    if not rules.is_theirs(request.user, case):
        raise Http404
    return case


def their_draft(request: SignedInRequest, pk: int) -> PackageRequest:
    case = their_case(request, pk)
    if case.state != PackageState.DRAFT or case.is_withdrawn:
        raise Http404
    return case


def desk_case(pk: int) -> PackageRequest:
    """A case that was handed in, for the province's desk; else 404."""
    found = PackageRequest.objects.select_related("designer", "owner", "chosen")
    return get_object_or_404(found, pk=pk, submitted_at__isnull=False)


def seen_round(case: PackageRequest, number: int) -> Round:
    return get_object_or_404(case.rounds.filter(handed_in_at__isnull=False), number=number)


def clock_time(moment: Any) -> str:
    return str(moment.astimezone(SHANGHAI).strftime("%H:%M"))


def paper_url(paper_id: Any, *, preview: bool = False) -> str:
    return province_url("console:paper", paper_id) + ("?preview=1" if preview else "")


def shown_files(round_: Round) -> list[dict[str, Any]]:
    """A round's files with their addresses; pictures carry their own remarks."""
    pins = list(round_.pins.all())
    return [
        {
            "file": file,
            "url": paper_url(file.paper_id),
            "preview": paper_url(file.paper_id, preview=True),
            "is_picture": file.kind == "picture",
            "pins": [_pin(pin) for pin in pins if pin.file_id == file.pk],
        }
        for file in rules.files_of(round_)
    ]


def _pin(pin: Any) -> dict[str, Any]:
    """Places in per cent with one digit, as SVG reads them in every language."""
    return {"pin": pin, "x": f"{pin.x / 10:.1f}%", "y": f"{pin.y / 10:.1f}%"}
