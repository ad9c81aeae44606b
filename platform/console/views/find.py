"""The box at the head of the province's desk: counties, open work and goods on sale by a few signs."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, needs
from console import inboxes, selectors
from console.entries import SEE
from search.finding import find as find_goods
from search.forms import Wish

MOST = 8  # of each kind: who wants more narrows the list itself
LONGEST = 40


@never_cache
@require_safe
@needs(SEE)
def find(request: SignedInRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:LONGEST]
    context = {"desk_find": text, **(_found(request, text) if text else {})}
    return render(request, "console/find.html", context)


def _found(request: SignedInRequest, text: str) -> dict[str, object]:
    """Work is found by its title and among what this person may see; goods as a shopper finds them."""
    asked = inboxes.Asked.of(request.user, "", {"who": "all"})
    return {
        "counties": selectors.counties(text)[:MOST],
        "items": list(asked.items().filter(title__icontains=text)[:MOST]),
        "goods": find_goods(Wish(q=text)).hits[:MOST],
    }
