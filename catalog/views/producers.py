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
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import SignedInRequest, county_code_of, needs
from catalog import rules, services
from catalog.entries import OFFICE, PRODUCERS
from catalog.forms.producers import ProducerForm
from catalog.models import Producer
from catalog.views.questions import village_of
from kernel.errors import DomainError

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
    return render(request, "catalog/producer.html", {"form": form, "producer": producer})


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
