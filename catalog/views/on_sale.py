"""A product out of its writers' hands, as they see it: whom it waits for, how much there is, what is being changed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.doors import SignedInRequest, county_code_of, needs
from catalog import rules, selectors, services
from catalog.entries import SUBMIT, WRITE
from catalog.forms.steps import StockForm
from catalog.models import Product
from catalog.pictures import picture
from catalog.second_look import food_of
from catalog.views.finding import their_product
from catalog.views.questions import claims_of, remarks_of, waiting_words
from kernel.answers import do_and_say
from kernel.errors import DomainError
from search.models import Category


@never_cache
@require_POST
@needs(WRITE)
def stock(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is there now of goods on sale; what is wrong is said beside it, and stays."""
    product = their_product(request, pk)
    if not rules.can_set_stock(request.user, product, county_code_of(request)):
        messages.error(request, _("它现在不在卖，库存在“规格和价钱”那一步改。"))
        return redirect("catalog:product_edit", pk)
    form = StockForm(list(product.variants.all()), request.POST)
    if not form.is_valid():
        return look(request, product, form, status=400)
    do_and_say(
        request, lambda: services.set_stock(product, form.stocks(), by=request.user), _("库存改好了，产品页跟着变。")
    )
    return redirect("catalog:product_edit", pk)


@never_cache
@require_POST
@needs(SUBMIT)
def revise(request: SignedInRequest, pk: int) -> HttpResponse:
    """A draft beside the product on sale; who presses twice, or after a colleague, comes to the same one."""
    product = their_product(request, pk)
    if not rules.can_revise(request.user, product, county_code_of(request)):
        return redirect("catalog:product_edit", pk)
    try:
        revision = services.begin_revision(product, by=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("catalog:product_edit", pk)
    return redirect("catalog:product_edit", revision.pk)


def look(
    request: SignedInRequest, product: Product, stock_form: StockForm | None = None, status: int = 200
) -> HttpResponse:
    """A product out of the team's hands: what it says, whom it waits for, and how much there is."""
    code = county_code_of(request)
    may_take_back = rules.can_take_back(request.user, product, code)
    context = {"product": product, "words": waiting_words(product), "may_take_back": may_take_back}
    if rules.can_set_stock(request.user, product, code):
        context["stock_form"] = stock_form or StockForm(list(product.variants.all()))
    if rules.can_revise(request.user, product, code):
        context |= {"may_revise": True, "revision": selectors.revision_of(product)}
    return render(request, "catalog/look.html", context | summary_of(product), status=status)


def summary_of(product: Product) -> dict[str, Any]:
    category = Category.objects.filter(pk=product.category).first()
    return {
        "picture": picture(product),
        "category": category.title if category else "",
        "variants": list(product.variants.all()),
        "food": food_of(product),
        "remarks": remarks_of(product),
        "claims": claims_of(product),
    }
