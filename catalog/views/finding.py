"""What a view looks for first: a thing of this county that this person may touch."""

from datetime import datetime

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.doors import SignedInRequest, county_code_of
from catalog import rules
from catalog.models import Product
from kernel.clock import SHANGHAI


def their_product(request: SignedInRequest, pk: int) -> Product:
    """A product of the person's villages or own hand, in whatever state; else 404."""
    product = get_object_or_404(Product.objects.select_related("producer", "revises"), pk=pk)
    if not rules.is_theirs(request.user, product, county_code_of(request)):
        raise Http404
    return product


def editable_product(request: SignedInRequest, pk: int) -> Product:
    """A product this person may write now; else 404."""
    product = their_product(request, pk)
    if not rules.can_edit(request.user, product, county_code_of(request)):
        raise Http404
    return product


def clock_time(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%H:%M")
