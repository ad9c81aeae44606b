"""A paper of a case, handed out to those with a right to the case."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.doors import SignedInRequest, needs_sign_in
from kernel import papers
from kernel.answers import private_file
from kernel.models import Paper


@never_cache
@require_GET
@needs_sign_in
def paper(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The file itself, or with ``?preview=1`` a picture of its first page. Either is written down."""
    found = get_object_or_404(Paper, pk=pk)
    if not papers.may_open(request.user, found):
        raise Http404
    papers.note_opened(found, by=request.user)
    if request.GET.get("preview"):
        try:
            picture = papers.preview(found)
        except papers.BadPaper as refusal:  # sound enough to keep, too heavy to draw
            return HttpResponse(str(refusal), status=415, content_type="text/plain; charset=utf-8")
        return private_file(picture, "image/png", f"{found.name}.png")
    return private_file(papers.read(found), found.content_type, found.name)
