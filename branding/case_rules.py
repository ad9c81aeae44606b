"""Questions about brand cases: who may, and what is missing."""

import re
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.roles import may, memberships
from branding.agent import agent
from branding.models import Brand, OwnerKind, SignKind
from branding.permissions import OFFICER, SEE, SEE_ALL, WRITE, WRITE_ALL
from branding.states import BrandState
from kernel import papers

LICENCE, LAND, IDENTITY, SPECIMEN, POWER = "licence", "land", "identity", "specimen", "power"
MOST_CANDIDATES = 3
WITH_VILLAGE = frozenset({BrandState.IDEA, BrandState.CHECKED})
CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
ID_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))


def obj_of(brand: Brand) -> tuple[str, str]:
    """How the inbox, the clocks, the papers and the trail name a case."""
    return ("brand", str(brand.pk))


def places_of(county_code: str, ids: set[str]) -> dict[str, tuple[int | None, int | None]]:
    """Where cases lie, for the list of those who may open them."""
    found = Brand.objects.filter(county_code=county_code, pk__in=ids).values_list("pk", "village_id", "opened_by_id")
    return {str(pk): (village, by) for pk, village, by in found}


def villages_served(user: Any, county_code: str) -> set[int]:
    seats = [seat for seat in memberships(user) if seat.county_code == county_code]
    return {village.pk for seat in seats for village in seat.villages.all()}


def cases_of(user: Any, county_code: str) -> QuerySet[Brand]:
    """The county's cases this person may see: a team its own and its villages'."""
    found = Brand.objects.filter(county_code=county_code)
    if may(user, SEE_ALL, county_code):
        return found
    return found.filter(Q(opened_by=user) | Q(village_id__in=villages_served(user, county_code)))


def can_see(user: Any, brand: Brand) -> bool:
    return may(user, SEE, brand.county_code) and _reaches(user, brand, SEE_ALL)


def can_write(user: Any, brand: Brand) -> bool:
    """May this person answer for the case at all? Whether now, ``is_open_to_village`` says."""
    return may(user, WRITE, brand.county_code) and _reaches(user, brand, WRITE_ALL)


def can_office(user: Any) -> bool:
    return may(user, OFFICER)


def _reaches(user: Any, brand: Brand, everything: str) -> bool:
    if may(user, everything, brand.county_code) or brand.opened_by_id == user.pk:
        return True
    return brand.village_id is not None and brand.village_id in villages_served(user, brand.county_code)


def is_open_to_village(brand: Brand) -> bool:
    """The village has it in hand: not handed in, or sent back."""
    return brand.state in WITH_VILLAGE and brand.submitted_at is None


def is_with_officer(brand: Brand) -> bool:
    return brand.state in WITH_VILLAGE and brand.submitted_at is not None


def may_open_paper(user: Any, paper: Any) -> bool:
    """The guard of a case's papers: whoever may see the case."""
    brand = Brand.objects.filter(pk=paper.object_id, county_code=paper.county_code).first()
    return brand is not None and can_see(user, brand)


def paper_kinds(brand: Brand) -> set[str]:
    return set(papers.of(obj_of(brand), brand.county_code).values_list("kind", flat=True))


def missing(brand: Brand) -> dict[str, str]:
    """What a case lacks before the village can hand it in: field → what to do."""
    kept = paper_kinds(brand)
    lacks = {
        "name": "" if brand.name.strip() else _("写上想注册的名字。"),
        "specimen": _("图形商标要传一张图样。") if _lacks_picture(brand, kept) else "",
        "goods": "" if brand.goods.exists() else _("写上用在哪些东西上，例如 木耳、大米。"),
        "owner_kind": "" if brand.owner_kind else _("选商标归谁：合作社、农场、企业、个体户或农户。"),
        "owner_name": "" if brand.owner_name.strip() else _("写上执照或身份证上的名称。"),
        "owner_address": "" if brand.owner_address.strip() else _("写上执照或身份证上的地址。"),
        **_identity(brand, kept),
        "contact_name": "" if brand.contact_name.strip() else _("写上联系人。"),
        "contact_phone": "" if brand.contact_phone else _("写上联系人的手机号。"),
    }
    return {name: words for name, words in lacks.items() if words}


def missing_for_filing(brand: Brand) -> dict[str, str]:
    """What the filing lacks beyond that: a power of attorney where an agent files, and a slip that still counts."""
    lacks = missing(brand)
    if agent() and POWER not in paper_kinds(brand):
        lacks["power"] = _("还没有盖章签字的代理委托书，打印出来请村里签好再传。")
    if not brand.checks.exists():
        lacks["check"] = _("还没有查过近似，退回村里交一次就会自动查。")
    return lacks


def was_a_slip(brand: Brand) -> bool:
    """Begun and left: no name, no paper, and nobody but the village has ever seen it."""
    seen = brand.submitted_at or brand.returned_at or brand.state != BrandState.IDEA
    return not (seen or brand.name.strip() or any(brand.candidates) or paper_kinds(brand) or brand.notices.exists())


def may_throw_away(user: Any, brand: Brand) -> bool:
    """Who opened it by a slip takes it back; the county's office may for them."""
    mine = brand.opened_by_id == user.pk and may(user, WRITE, brand.county_code)
    return was_a_slip(brand) and (mine or may(user, WRITE_ALL, brand.county_code))


def wants_power(brand: Brand) -> bool:
    """The agent who files needs the village's signature, and only the village can give it."""
    return agent() is not None and is_with_officer(brand) and POWER not in paper_kinds(brand)


def may_take(brand: Brand, kind: str) -> bool:
    """May the village hand in this paper now? The signed power of attorney also while the officer reads."""
    return is_open_to_village(brand) or (kind == POWER and wants_power(brand))


def _lacks_picture(brand: Brand, kept: set[str]) -> bool:
    return brand.sign_kind == SignKind.PICTURE and SPECIMEN not in kept


def _identity(brand: Brand, kept: set[str]) -> dict[str, str]:
    if brand.owner_kind == OwnerKind.HOUSEHOLD:
        return {
            "id_number": "" if is_id_number(brand.id_number) else _("写上 18 位身份证号，会加密保存。"),
            "land": "" if LAND in kept else _("传一张土地承包合同或承包经营权证。"),
            # 商标局《自然人办理商标注册申请注意事项》: the signer's identity card and the land contract, both.
            "identity": "" if IDENTITY in kept else _("传一张身份证正反面的照片或复印件，要和承包合同是同一个人。"),
        }
    return {
        "credit_code": "" if is_credit_code(brand.credit_code) else _("写上执照上 18 位的统一社会信用代码。"),
        "licence": "" if LICENCE in kept else _("传一张营业执照的照片。"),
    }


def is_credit_code(text: str) -> bool:
    """GB 32100-2015: eighteen signs of 31, the last a check over the others."""
    if not re.fullmatch(rf"[{CREDIT_SIGNS}]{{18}}", text):
        return False
    total = sum(CREDIT_SIGNS.index(sign) * weight for sign, weight in zip(text, CREDIT_WEIGHTS, strict=False))
    return CREDIT_SIGNS[(31 - total % 31) % 31] == text[17]


def is_id_number(text: str) -> bool:
    """GB 11643-1999: seventeen digits and a check, X for ten."""
    if not re.fullmatch(r"\d{17}[\dX]", text):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, ID_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == text[17]
