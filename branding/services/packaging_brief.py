"""From the village's request to a designer: the brief, the return with remarks, who takes it."""

from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import roles
from accounts.models import User
from branding import packaging_entries as entries
from branding import packaging_rules as rules
from branding.models import Brand, Offer, PackageRequest
from branding.packaging_errors import AlreadyAsked, BriefUnfinished, NotADesigner
from branding.packaging_states import Answer, Audience, PackageState
from branding.ports import PackFacts, ProductFacts, goods
from branding.services.packaging_desk import (
    all_done,
    clock_off,
    clock_on,
    desk_page,
    done,
    locked,
    must_be,
    note,
    of_designer,
    tell,
    tell_designer,
    tell_officer,
    tell_village,
    touch,
)
from branding.states import UNMARKED
from kernel import clock, inbox, papers
from kernel.errors import NoteMissing
from kernel.models import Paper
from kernel.sentences import together

USUAL_TIME = timedelta(days=30)
MOST_PHOTOS = 6
BRIEF = frozenset(
    {
        "kind",
        "material",
        "audience",
        "wishes",
        "length_mm",
        "width_mm",
        "height_mm",
        "run",
        "must_have",
        "budget_fen",
        "due_on",
    }
)


@transaction.atomic
def open_package(county_code: str, product_id: int, *, by: Any, variant_id: int | None = None) -> PackageRequest:
    """A draft whose brief the product already fills; a second press finds the first draft again."""
    facts = goods().held_product(county_code, product_id)
    if facts is None:
        raise BriefUnfinished(_("本县没有这件产品，请从产品页重新点“申请包装”。"), product=product_id)
    begun = PackageRequest.objects.filter(
        county_code=county_code,
        product_id=product_id,
        state=PackageState.DRAFT,
        created_by=by,
        withdrawn_at__isnull=True,
    ).first()
    if begun:
        return begun
    case = PackageRequest(
        county_code=county_code,
        product_id=product_id,
        created_by=by,
        saved_at=clock.now(),
        audience=Audience.HOME,
        due_on=clock.today() + USUAL_TIME,
        brand=_brand_of(county_code, facts),
    )
    _copy(case, facts)
    pack = _pack(facts, variant_id) if variant_id else (facts.packs[0] if len(facts.packs) == 1 else None)
    if pack:
        _copy_pack(case, pack)
    case.must_have = suggested_words(case)
    case.save()
    note("open", case, by=by)
    return case


@transaction.atomic
def save_brief(case: PackageRequest, *, by: Any, variant_id: int | None = None, **brief: Any) -> PackageRequest:
    """Keep what was typed, complete or not, while it is a draft."""
    case = locked(case)
    must_be(case, PackageState.DRAFT)
    unknown = brief.keys() - BRIEF
    if unknown:
        raise TypeError(f"not of a brief: {sorted(unknown)}")
    words_are_ours = case.must_have == suggested_words(case)
    if variant_id:
        facts = goods().product(case.county_code, case.product_id)
        pack = _pack(facts, variant_id) if facts else None
        if pack is None:
            raise BriefUnfinished(_("这个规格已经不在了，请重新选。"), variant=variant_id)
        _copy_pack(case, pack)
        if words_are_ours and "must_have" not in brief:
            case.must_have = suggested_words(case)
    for name, value in brief.items():
        setattr(case, name, value)
    case.saved_at = clock.now()
    case.save()
    return case


@transaction.atomic
def add_brief_photo(case: PackageRequest, upload: Any, *, by: Any) -> Paper:
    """A photo of the goods as they look unpacked, for the designer."""
    case = locked(case)
    must_be(case, PackageState.DRAFT)
    if papers.of(case.name, case.county_code).filter(kind=rules.PHOTO).count() >= MOST_PHOTOS:
        raise BriefUnfinished(_("最多 %(most)s 张，先删一张。") % {"most": MOST_PHOTOS})
    paper = papers.keep(
        upload, kind=rules.PHOTO, obj=case.name, by=by, county=case.county_code, allowed=papers.PICTURES
    )
    touch(case)
    return paper


@transaction.atomic
def remove_brief_photo(case: PackageRequest, paper: Paper, *, by: Any) -> None:
    case = locked(case)
    must_be(case, PackageState.DRAFT)
    papers.remove(papers.of(case.name, case.county_code).get(pk=paper.pk, kind=rules.PHOTO), by=by)


@transaction.atomic
def submit_package(case: PackageRequest, *, by: Any) -> PackageRequest:
    """Hand a whole brief in to the packaging desk."""
    case = locked(case)
    must_be(case, PackageState.DRAFT)  # the table leads from assigned to request, too: that is the officer's way
    lacks = rules.missing(case)
    if lacks:
        raise BriefUnfinished(together([_("还差几样："), *lacks.values()]), missing=lacks)
    first = case.submitted_at or clock.now()
    try:
        with transaction.atomic():
            case.move(
                PackageState.REQUEST, by=by, submitted_at=first, remarks={}, returned_at=None, saved_at=clock.now()
            )
    except IntegrityError as twice:
        raise AlreadyAsked(
            _("“%(name)s”已经有一件包装在做，等它做完再提。") % {"name": str(case)}, variant=case.variant_id
        ) from twice
    done(entries.MEND, case, by=by)
    due = clock_on(entries.TO_ASSIGN, case, url=desk_page(case), role=roles.PACKAGING_OFFICER)
    tell_officer(entries.ASSIGN, case, due=due)
    note("submit", case, by=by)
    return case


@transaction.atomic
def return_package(
    case: PackageRequest, *, by: Any, words: str = "", remarks: dict[str, str] | None = None
) -> PackageRequest:
    """Send the brief back with remarks beside its fields."""
    case = locked(case)
    remarks = {name: said.strip() for name, said in (remarks or {}).items() if said.strip()}
    words = words.strip()
    if not words and not remarks:
        raise NoteMissing(_("写一句要改什么，再退回。"))
    _close_call(case, by=by)
    case.move(
        PackageState.DRAFT,
        by=by,
        note=words or _("；").join(remarks.values()),
        remarks={**remarks, **({"note": words} if words else {})},
        returned_at=clock.now(),
        open_until=None,
    )
    done(entries.ASSIGN, case, by=by)
    clock_off(entries.TO_ASSIGN, case, by=by)
    tell_village(entries.MEND, case, returned_by=by)
    note("return", case, by=by)
    return case


@transaction.atomic
def invite_designers(case: PackageRequest, designers: list[User], *, by: Any) -> list[Offer]:
    """Ask some designers; each sees the brief and answers."""
    case = locked(case)
    must_be(case, PackageState.REQUEST)
    return [_invite(case, designer, by=by) for designer in designers]


@transaction.atomic
def call_designers(case: PackageRequest, until: date, *, by: Any) -> PackageRequest:
    """An open call: every designer sees the brief until that day and may offer."""
    case = locked(case)
    must_be(case, PackageState.REQUEST)
    if until < clock.today():
        raise BriefUnfinished(_("征集的最后一天已经过去了，选今天以后的日子。"))
    touch(case, open_until=until)
    note("call", case, by=by, until=until.isoformat())
    return case


@transaction.atomic
def offer_design(case: PackageRequest, *, by: Any, words: str = "") -> Offer:
    """A designer offers in an open call; offering twice changes the words."""
    case = locked(case)
    must_be(case, PackageState.REQUEST)
    if not rules.may_be_assigned(by) or not rules.in_open_call(case):
        raise NotADesigner(_("这件包装现在不征集设计师。"))
    offer, _new = Offer.objects.update_or_create(
        request=case,
        designer=by,
        defaults={
            "invited": False,
            "words": words.strip()[:300],
            "answer": Answer.WAITING,
            "at": clock.now(),
        },
    )
    tell_officer(entries.OFFERED, case)
    note("offer", case, by=by)
    return offer


@transaction.atomic
def answer_invitation(offer: Offer, *, by: Any, yes: bool) -> PackageRequest:
    """An invited designer takes it, first come, or says no."""
    case = locked(offer.request)
    offer = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    if offer.designer_id != by.pk or not offer.invited:  # type: ignore[attr-defined]
        raise NotADesigner(_("这份邀请不是给你的。"))
    must_be(case, PackageState.REQUEST)
    if yes:
        return _assign(case, by, by=by)
    _answer(offer, Answer.DECLINED, by=by)
    note("decline", case, by=by)
    return case


@transaction.atomic
def assign_designer(case: PackageRequest, designer: User, *, by: Any) -> PackageRequest:
    """The officer gives it to a designer."""
    case = locked(case)
    return _assign(case, designer, by=by)


@transaction.atomic
def take_back(case: PackageRequest, *, by: Any, words: str) -> PackageRequest:
    """The officer takes it from a designer who does not deliver, or the designer gives it back."""
    case = locked(case)
    if not words.strip():
        raise NoteMissing(_("写一句为什么换人。"))
    left = case.designer
    if left is not None:
        Offer.objects.filter(request=case, designer=left).update(answer=Answer.DECLINED, answered_at=clock.now())
    case.move(PackageState.REQUEST, by=by, note=words.strip(), designer=None)
    done(entries.DESIGN_IT, case, by=by)
    clock_off(entries.TO_DESIGN, case, by=by)
    due = clock_on(entries.TO_ASSIGN, case, url=desk_page(case), role=roles.PACKAGING_OFFICER)
    tell_officer(entries.ASSIGN, case, due=due)
    note("take_back", case, by=by)
    return case


@transaction.atomic
def withdraw_package(case: PackageRequest, *, by: Any, words: str) -> PackageRequest:
    """Give the request up wherever it stands, until it is delivered. A mark: the state stays."""
    case = locked(case)
    must_be(case, *(set(PackageState.values) - {PackageState.DELIVERED}))
    if not words.strip():
        raise NoteMissing(_("写一句为什么撤回。"))
    touch(case, withdrawn_at=clock.now(), withdrawn_note=words.strip()[:300], open_until=None)
    all_done(case, by=by)
    note("withdraw", case, by=by, words=words.strip()[:300])
    return case


def suggested_words(case: PackageRequest) -> str:
    """What stands on nearly every package, made from the product."""
    net = f"{case.net_grams / 1000:g} kg" if case.net_grams and case.net_grams >= 1000 else f"{case.net_grams} g"
    lines = [
        case.product_name,
        _("净含量 %(net)s") % {"net": net} if case.net_grams else "",
        _("产地 %(place)s") % {"place": rules.place_in_full(case)} if case.place else "",
        case.producer_name,
    ]
    return "\n".join(line for line in lines if line)


def _assign(case: PackageRequest, designer: User, *, by: Any) -> PackageRequest:
    if not rules.may_be_assigned(designer):
        raise NotADesigner(_("这个人不是设计师，或者账号停用了，请换一位。"))
    case.move(PackageState.ASSIGNED, by=by, note=str(designer), designer=designer, open_until=None)
    Offer.objects.update_or_create(
        request=case,
        designer=designer,
        defaults={"answer": Answer.ACCEPTED, "answered_at": clock.now()},
        create_defaults={
            "invited": True,
            "answer": Answer.ACCEPTED,
            "at": clock.now(),
            "answered_at": clock.now(),
        },
    )
    _close_call(case, by=by)
    done(entries.ASSIGN, case, by=by)
    clock_off(entries.TO_ASSIGN, case, by=by)
    due = clock_on(
        entries.TO_DESIGN,
        case,
        escalate_to=roles.PACKAGING_OFFICER,
        **of_designer(case),
    )
    tell_designer(entries.DESIGN_IT, case, due=due)
    note("assign", case, by=by, designer=str(designer))
    return case


def _invite(case: PackageRequest, designer: User, *, by: Any) -> Offer:
    if not rules.may_be_assigned(designer):
        raise NotADesigner(_("这个人不是设计师，或者账号停用了，请换一位。"))
    offer, _new = Offer.objects.update_or_create(
        request=case,
        designer=designer,
        defaults={"invited": True, "answer": Answer.WAITING, "at": clock.now(), "answered_at": None},
    )
    tell(entries.INVITED, case, obj=_offer_name(offer), **{**of_designer(case), "person": designer})
    note("invite", case, by=by, designer=str(designer))
    return offer


def _close_call(case: PackageRequest, *, by: Any) -> None:
    """Whoever was asked and did not answer is told no more about it."""
    for offer in case.offers.filter(answer=Answer.WAITING):
        _answer(offer, Answer.DECLINED, by=by)
    for offer in case.offers.all():
        done(entries.INVITED, case, by=by, obj=_offer_name(offer))
    done(entries.OFFERED, case, by=by)


def _answer(offer: Offer, answer: str, *, by: Any) -> None:
    offer.answer, offer.answered_at = answer, clock.now()
    offer.save(update_fields=["answer", "answered_at"])
    inbox.close_item(entries.INVITED, obj=_offer_name(offer), by=by, county=offer.request.county_code)


def _offer_name(offer: Offer) -> tuple[str, str]:
    return ("offer", str(offer.pk))


def _copy(case: PackageRequest, facts: ProductFacts) -> None:
    case.product_name, case.category, case.farm_produce = facts.name, facts.category, facts.farm_produce
    case.producer_id, case.producer_name = facts.producer_id, facts.producer_name
    case.village_id, case.place = facts.village_id, facts.place


def _copy_pack(case: PackageRequest, pack: PackFacts) -> None:
    case.variant_id, case.variant_name, case.unit = pack.id, pack.name, pack.unit
    case.net_grams, case.price_fen = pack.net_grams, pack.price_fen


def _pack(facts: ProductFacts, variant_id: int) -> PackFacts | None:
    return next((pack for pack in facts.packs if pack.id == variant_id), None)


def _brand_of(county_code: str, facts: ProductFacts) -> Brand | None:
    """The producer's brand, a registered one first."""
    if facts.producer_id is None:
        return None
    brands = Brand.objects.filter(county_code=county_code, producer_id=facts.producer_id).exclude(state__in=UNMARKED)
    return brands.order_by("-registered_on", "pk").first()
