"""The county's producers: the list, and each one's public card."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import roles
from accounts.doors import SignedInRequest, county_code_of, needs
from accounts.selectors import people
from catalog import rules, services
from catalog.entries import OFFICE, PRODUCERS, PUBLISH
from catalog.forms.producers import ProducerForm
from catalog.models import Producer
from catalog.views.questions import village_of
from kernel.answers import do_and_say
from kernel.errors import DomainError
from kernel.numbers import number_in

PAGE = 30
PLAIN = ("name", "kind", "business_phone", "households", "intro")


@never_cache
@require_safe
@needs(PRODUCERS, reading=OFFICE)
def producers(request: SignedInRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:60]
    found = rules.producers_to_write(request.user, county_code_of(request))
    if text:
        found = found.filter(name__icontains=text)
    page = Paginator(found.annotate(goods=Count("products")).order_by("name", "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "catalog/producers.html", {"page": page, "text": text})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(PRODUCERS)
def add(request: SignedInRequest) -> HttpResponse:
    return _written(request, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(PRODUCERS, reading=OFFICE)
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """One that this person may change, or look at; else 404."""
    return _written(request, _find(request, pk))


def _written(request: SignedInRequest, producer: Producer | None) -> HttpResponse:
    form = _form(request, producer)
    if request.method == "POST" and form.is_valid():
        try:
            kept = _keep(request, producer or Producer(), form)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("“%(name)s”存好了。") % {"name": kept.name})
            return redirect("catalog:producers")
    context = {"form": form, "producer": producer} | (_accounts(request, producer) if producer else {})
    return render(request, "catalog/producer.html", context)


def _accounts(request: SignedInRequest, producer: Producer) -> dict[str, Any]:
    """Who may sign for this producer, and for the manager who else could be written down."""
    code = county_code_of(request)
    ties = list(producer.accounts.select_related("user"))  # type: ignore[attr-defined]
    may_tie = roles.may(request.user, PUBLISH, code)
    others = people(code, roles.PRODUCER).exclude(pk__in=[one.user_id for one in ties]) if may_tie else []
    return {"ties": ties, "may_tie": may_tie, "others": others}


@never_cache
@require_POST
@needs(PUBLISH)
def tie(request: SignedInRequest, pk: int) -> HttpResponse:
    producer, chosen = _find(request, pk), request.POST.get("person", "")
    person = people(county_code_of(request), roles.PRODUCER).filter(pk=number_in(chosen)).first()
    do_and_say(request, lambda: services.tie_account(producer, person, by=request.user), _("写上了。"))
    return redirect("catalog:producer", pk)


@never_cache
@require_POST
@needs(PUBLISH)
def untie(request: SignedInRequest, pk: int) -> HttpResponse:
    producer, chosen = _find(request, pk), number_in(request.POST.get("person", ""))
    do_and_say(request, lambda: services.untie_account(producer, chosen, by=request.user), _("移走了。"))
    return redirect("catalog:producer", pk)


def _find(request: SignedInRequest, pk: int) -> Producer:
    return get_object_or_404(rules.producers_to_write(request.user, county_code_of(request)), pk=pk)


def _form(request: SignedInRequest, producer: Producer | None) -> ProducerForm:
    code = county_code_of(request)
    return ProducerForm(
        request.POST if request.method == "POST" else None,
        producer=producer,
        villages=rules.villages_to_write(request.user, code),
        may_add=rules.may_add_villages(request.user, code),
        initial=_initial(producer) if producer else None,
    )


def _initial(producer: Producer) -> dict[str, Any]:
    shop = producer.shops[0] if producer.shops else {}
    plain = {name: getattr(producer, name) for name in PLAIN}
    return plain | {"village": producer.village_id, "shop_name": shop.get("name"), "shop_url": shop.get("url")}


@transaction.atomic
def _keep(request: SignedInRequest, producer: Producer, form: ProducerForm) -> Producer:
    typed = form.cleaned_data
    for name in PLAIN:
        setattr(producer, name, typed[name])
    producer.village_id = village_of(request, form)
    others = producer.shops[1:]
    first = [{"name": typed["shop_name"] or producer.name, "url": typed["shop_url"]}] if typed["shop_url"] else []
    producer.shops = first + others
    return services.save_producer(producer, by=request.user, phone_agreed=typed["phone_agreed"])
