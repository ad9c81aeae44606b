"""The six screens of a brand case: what each asks, how it is filled in and how it is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.doors import SignedInRequest, county_code_of
from accounts.roles import may
from branding import case_rules, last_return, ports
from branding.case_step_forms import GoodsForm, NamesForm, OwnerForm, ProofForm
from branding.models import Brand, OwnerKind, SignKind
from branding.permissions import WRITE_ALL
from branding.ports import ProducerFacts
from branding.services import cases
from branding.services.cases import Good
from kernel.going_back import unkept

STEPS = 6
OWNER, NAMES, GOODS, PROOF, PAPERS, CHECK = range(1, 7)
STEP_OF = {
    "owner": OWNER,
    "owner_kind": OWNER,
    "name": NAMES,
    "goods": GOODS,
    "owner_name": PROOF,
    "owner_address": PROOF,
    "credit_code": PROOF,
    "id_number": PROOF,
    "contact": PROOF,
    "contact_name": PROOF,
    "contact_phone": PROOF,
    "papers": PAPERS,
    "specimen": PAPERS,
    "licence": PAPERS,
    "land": PAPERS,
    "identity": PAPERS,
}
TITLES = {
    OWNER: lazy("商标归谁"),
    NAMES: lazy("想叫什么名字"),
    GOODS: lazy("用在哪些东西上"),
    PROOF: lazy("证上怎么写的"),
    PAPERS: lazy("拍证件"),
    CHECK: lazy("看一遍，交给省里"),
}
NEXT = {
    OWNER: lazy("下一步：起名字"),
    NAMES: lazy("下一步：用在哪些东西上"),
    GOODS: lazy("下一步：证上怎么写的"),
    PROOF: lazy("下一步：拍证件"),
    PAPERS: lazy("下一步：看一遍"),
}


@dataclass(frozen=True)
class Question:
    """``ask`` makes the form; ``keep`` saves what of it is right and says whether that was anything; ``loses`` says
    whether that would leave out something typed."""

    ask: Callable[[SignedInRequest, Brand | None, Any], Any]
    keep: Callable[[SignedInRequest, Brand, Any], bool]
    loses: Callable[[Any], bool] = unkept


def producers_for(request: SignedInRequest) -> Sequence[ProducerFacts]:
    """The county's producers; a team that has villages sees those of its villages."""
    code = county_code_of(request)
    known = ports.goods().producers(code)
    villages = case_rules.villages_served(request.user, code)
    if may(request.user, WRITE_ALL, code) or not villages:
        return known
    return [one for one in known if one.village_id in villages]


def ask_owner(request: SignedInRequest, brand: Brand | None, data: Any) -> OwnerForm:
    known = list(producers_for(request))
    initial: dict[str, Any] = {"producer": request.GET.get("producer", "")}
    if brand is not None:
        chosen = str(brand.producer_id) if brand.producer_id else "new" if brand.owner_name else ""
        own = brand.producer_id is None
        initial = {
            "producer": chosen,
            "new_name": brand.owner_name if own else "",
            "new_kind": brand.owner_kind if own else "",
        }
        if brand.producer_id and not any(one.id == brand.producer_id for one in known):
            known.insert(0, ProducerFacts(brand.producer_id, brand.producer_name, brand.owner_kind, brand.place))
    return OwnerForm(data, producers=known, initial=initial)


def _ask_names(request: SignedInRequest, brand: Brand | None, data: Any) -> NamesForm:
    names = [*(brand.candidates if brand else []), "", "", ""]
    initial = {f"name{number}": names[number - 1] for number in (1, 2, 3)}
    if brand:
        initial |= {"sign_kind": brand.sign_kind, "meaning": brand.meaning}
    return NamesForm(data, initial=initial)


def _ask_goods(request: SignedInRequest, brand: Brand | None, data: Any) -> GoodsForm:
    return GoodsForm(data, kept=goods_of(brand) if brand else [])


def _ask_proof(request: SignedInRequest, brand: Brand | None, data: Any) -> ProofForm:
    assert brand is not None
    shown = ("owner_name", "owner_address", "credit_code", "contact_name")
    return ProofForm(data, brand=brand, initial={name: getattr(brand, name) for name in shown})


def goods_of(brand: Brand) -> list[Good]:
    return [Good(one.word, one.nice_class, one.formal, one.group, one.edition) for one in brand.goods.all()]


def is_whole(form: GoodsForm) -> bool:
    """Something is chosen, and no typed word is left without its meaning."""
    if form.cleaned_data.get("more") and form.found():
        form.add_error("more", _("在下面勾上是哪一样，再往下走。"))
    elif form.cleaned_data.get("more") and not form.chosen():
        form.add_error(
            "more",
            _("表里没有“%(word)s”。换个叫法，或者写在“表里没有的东西”里。") % {"word": form.cleaned_data["more"]},
        )
    elif not form.chosen():
        form.add_error("more", _("至少写一样东西，例如 椴树蜜。"))
    return not form.errors


def _goods_lost(form: GoodsForm) -> bool:
    return unkept(form, "own_word") or bool(form.cleaned_data.get("more") and not is_whole(form))


def _owner_lost(form: OwnerForm) -> bool:
    return unkept(form, "new_name")


def _keep_facts(request: SignedInRequest, brand: Brand, form: Any) -> bool:
    """The whole form or, while it is being typed, its right fields."""
    form.is_valid()
    facts = form.facts()
    if isinstance(form, OwnerForm) and not facts:
        return False
    if isinstance(form, OwnerForm) and facts["producer_id"] == brand.producer_id is not None:
        return True  # the same producer again: what the licence says was mended since
    cases.save_case(brand, by=request.user, **facts)
    return True


def _keep_goods(request: SignedInRequest, brand: Brand, form: GoodsForm) -> bool:
    form.is_valid()
    cases.save_goods(brand, form.chosen(), by=request.user)
    return True


QUESTIONS = {
    OWNER: Question(ask_owner, _keep_facts, _owner_lost),
    NAMES: Question(_ask_names, _keep_facts),
    GOODS: Question(_ask_goods, _keep_goods, _goods_lost),
    PROOF: Question(_ask_proof, _keep_facts),
}


def wanted_papers(brand: Brand) -> list[str]:
    """The kinds of paper this case needs, the first the one to take now."""
    wanted = [case_rules.LAND, case_rules.IDENTITY] if brand.owner_kind == OwnerKind.HOUSEHOLD else [case_rules.LICENCE]
    return [case_rules.SPECIMEN, *wanted] if brand.sign_kind == SignKind.PICTURE else wanted


def remarks_of(brand: Brand, answers: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the officer wants changed, with the screen on which to change it and what was typed to say instead."""
    if not brand.returned_at:
        return []
    touched, before = last_return.changed(brand), brand.last_return.get("answers", {})
    return [
        {
            "field": name,
            "name": last_return.label_of(name),
            "words": words,
            "step": STEP_OF.get(name),
            "is_changed": name in touched or (name == last_return.NOTE and bool(touched)),
            "answer": answers.get(f"answer_{name}", before.get(name, "")),
        }
        for name, words in brand.remarks.items()
        if words
    ]
