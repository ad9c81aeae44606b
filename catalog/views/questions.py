"""The six screens of a product: what each asks, how it is filled in and how it is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.doors import SignedInRequest
from catalog import rules, services
from catalog.forms.producers import OriginForm
from catalog.forms.steps import NameForm, PacksForm, WordsForm
from catalog.models import Producer, Product
from kernel.going_back import unkept
from tenants.services import add_village

STEPS = 6
PHOTOS, CHECK = 4, 6
STEP_OF = {
    "name": 1,
    "category": 1,
    "summary": 2,
    "description": 2,
    "season": 2,
    "food": 2,
    "variants": 3,
    "photos": 4,
    "place": 5,
    "producer": 5,
}
TITLES = {
    1: lazy("卖的是什么"),
    2: lazy("说说它"),
    3: lazy("怎么装，卖多少钱"),
    4: lazy("先拍两张，一张整的，一张近的"),
    5: lazy("产在哪儿，谁种的"),
    6: lazy("看一遍，交给县里"),
}
NEXT = {
    1: lazy("下一步：说说它"),
    2: lazy("下一步：规格和价钱"),
    3: lazy("下一步：照片"),
    4: lazy("下一步：产地和生产者"),
    5: lazy("下一步：看一遍"),
}
LABELS = {
    "name": lazy("产品名"),
    "category": lazy("品类"),
    "summary": lazy("一句话"),
    "description": lazy("说明"),
    "season": lazy("时令"),
    "food": lazy("配料和保存"),
    "variants": lazy("规格和价钱"),
    "photos": lazy("照片"),
    "place": lazy("产地"),
    "producer": lazy("生产者"),
    "note": lazy("总的意见"),
}
FOOD = ("ingredients", "shelf_life", "storage", "licence_number")
_REMARK_BESIDE = {"village": "place", "ingredients": "food"}


@dataclass(frozen=True)
class Question:
    """``ask`` makes the form; ``keep`` saves a whole answer, ``keep_part`` what is right so far, and ``loses`` says
    whether that would leave out something typed."""

    ask: Callable[[SignedInRequest, Product | None, Any], Any]
    keep: Callable[[SignedInRequest, Product, Any], None]
    keep_part: Callable[[SignedInRequest, Product, Any], bool]
    loses: Callable[[Any], bool] = unkept

    def keep_most(self, request: SignedInRequest, product: Product, form: Any) -> None:
        """The whole answer, or what of it is right."""
        (self.keep if form.is_valid() else self.keep_part)(request, product, form)


def remarked(form: Any, product: Product | None) -> list[dict[str, Any]]:
    """The form's fields, each with what the county remarked about it."""
    remarks = product.remarks if product and product.is_returned else {}
    return [{"field": field, "remark": remarks.get(_REMARK_BESIDE.get(field.name, field.name), "")} for field in form]


def _ask_name(request: SignedInRequest, product: Product | None, data: Any) -> NameForm:
    return NameForm(data, initial=_initial(product, "name", "category"))


def _ask_words(request: SignedInRequest, product: Product | None, data: Any) -> WordsForm:
    return WordsForm(data, initial=_initial(product, "summary", "description", "season", *FOOD))


def _ask_packs(request: SignedInRequest, product: Product | None, data: Any) -> PacksForm:
    return PacksForm(list(product.variants.all()) if product else [], data)


def ask_origin(request: SignedInRequest, product: Product | None, data: Any) -> OriginForm:
    code = request.county.code  # type: ignore[attr-defined]
    known = rules.producers_to_write(request.user, code)
    if product and product.producer_id:
        known = known | Producer.objects.filter(pk=product.producer_id)
    return OriginForm(
        data,
        villages=rules.villages_to_write(request.user, code),
        may_add=rules.may_add_villages(request.user, code),
        producers=known.distinct(),
        initial={
            "village": product.village_id if product else None,
            "producer": product.producer_id if product else None,
        },
    )


def _keep_facts(request: SignedInRequest, product: Product, form: Any) -> None:
    services.save_draft(product, by=request.user, **form.cleaned_data)


def _keep_right_facts(request: SignedInRequest, product: Product, form: Any) -> bool:
    form.is_valid()
    services.save_draft(product, by=request.user, **form.cleaned_data)
    return True


def _keep_packs(request: SignedInRequest, product: Product, form: PacksForm) -> None:
    services.save_variants(product, form.packs(), by=request.user)


def _keep_right_packs(request: SignedInRequest, product: Product, form: PacksForm) -> bool:
    if not form.is_valid():
        return False
    _keep_packs(request, product, form)
    return True


@transaction.atomic
def _keep_origin(request: SignedInRequest, product: Product, form: OriginForm) -> None:
    village_id = village_of(request, form)
    typed = form.cleaned_data
    producer = form.known.get(typed["producer"])
    if typed["new_name"]:
        producer = services.save_producer(
            Producer(
                name=typed["new_name"],
                kind=typed["new_kind"] or "household",
                business_phone=typed["new_phone"],
                village_id=village_id,
            ),
            by=request.user,
            phone_agreed=typed["phone_agreed"],
        )
    services.save_draft(product, by=request.user, village_id=village_id, producer=producer)


def _keep_right_origin(request: SignedInRequest, product: Product, form: OriginForm) -> bool:
    """A producer or village typed new waits for the button: half a name must not become one."""
    form.is_valid()
    facts: dict[str, Any] = {}
    if form.cleaned_data.get("village"):
        facts["village_id"] = int(form.cleaned_data["village"])
    if form.cleaned_data.get("producer"):
        facts["producer"] = form.known[form.cleaned_data["producer"]]
    if not facts:
        return False
    services.save_draft(product, by=request.user, **facts)
    return True


def village_of(request: SignedInRequest, form: Any) -> int:
    """The chosen village, or the one typed new, made now."""
    typed = form.cleaned_data
    if form.may_add and typed.get("new_village"):
        village = add_village(request.county, typed["new_township"].strip(), typed["new_village"].strip())  # type: ignore[attr-defined]
        return int(village.pk)
    return int(typed["village"])


def _initial(product: Product | None, *names: str) -> dict[str, Any]:
    return {name: getattr(product, name) for name in names} if product else {}


QUESTIONS = {
    1: Question(_ask_name, _keep_facts, _keep_right_facts),
    2: Question(_ask_words, _keep_facts, _keep_right_facts),
    3: Question(_ask_packs, _keep_packs, _keep_right_packs, PacksForm.loses),
    5: Question(ask_origin, _keep_origin, _keep_right_origin, OriginForm.loses),
}


def claims_of(product: Product, form: Any = None) -> list[dict[str, Any]]:
    """The forbidden words, with the name of their field and the screen on which to mend them.

    A posted form is read as it stands there, right or wrong.
    """
    typed = form.words() if form is not None and form.is_bound and hasattr(form, "words") else {}
    found = rules.claims(product, typed)
    return [{"finding": one, "name": LABELS[one.field], "step": STEP_OF[one.field]} for one in found]


def remarks_of(product: Product) -> list[dict[str, Any]]:
    """What the county wants changed, with the screen on which to change it."""
    if not product.is_returned:
        return []
    return [
        {"name": LABELS.get(name, name), "words": words, "step": STEP_OF.get(name)}
        for name, words in product.remarks.items()
        if words
    ]


def waiting_words(product: Product) -> str:
    """What a team reads about a product that is not in its hands."""
    return {
        "submitted": _("交上去了，等县里看。看完会告诉你。"),
        "published": _("已经在卖了。库存在这里就能改；别的点“改这件产品”，县里看过就换上去，不用下架。"),
    }.get(product.state, "")
