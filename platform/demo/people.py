"""The demo's people. All are invented; their accounts open only on the embedded database."""

from dataclasses import dataclass, field

from accounts import roles, second_factor
from accounts import services as accounts
from accounts.models import User
from branding.packaging_entries import MARKET_SUPERVISION
from demo.province import DemoCounty
from kernel import clock
from tenants.models import County, Village

PASSWORD = "jieti-demo-2026"  # noqa: S105  told to everybody who takes the tour


@dataclass(frozen=True)
class Cast:
    """Somebody of the tour: what they are called, which phone, which seats."""

    name: str
    phone: str
    role: str
    county: str = ""
    villages: tuple[str, ...] = field(default=())


CAST = (
    Cast("林雪", "13900000001", roles.COORDINATOR),
    Cast("郑岩", "13900000002", roles.COORDINATOR),
    Cast("沈月", "13900000003", roles.AUDITOR),
    Cast("高翔", "13900000004", roles.SYSTEM_ADMIN),
    Cast("罗素", "13900000005", roles.SECURITY_ADMIN),
    Cast("何青", "13900000006", roles.BRAND_OFFICER),
    Cast("鲁宁", "13900000007", roles.PACKAGING_OFFICER),
    Cast("温砚", "13900000008", roles.DESIGNER),
    Cast("裴溪", "13900000009", roles.DESIGNER),
    Cast("周启航", "13900000011", roles.COUNTY_MANAGER, "230184"),
    Cast("佟岩", "13900000012", roles.COUNTY_EDITOR, "230184"),
    Cast("宋明", "13900000013", roles.WORK_TEAM, "230184"),
    Cast("邵平", "13900000014", MARKET_SUPERVISION, "230184"),
    Cast("韩禾", "13900000015", roles.PRODUCER, "230184"),
    Cast("刘杉", "13900000021", roles.COUNTY_MANAGER, "231086"),
    Cast("崔宁", "13900000022", roles.WORK_TEAM, "231086"),
    Cast("金岚", "13900000024", MARKET_SUPERVISION, "231086"),
    Cast("池安", "13900000025", roles.PRODUCER, "231086"),
    Cast("孟川", "13900000031", roles.COUNTY_MANAGER, "230524"),
    Cast("白桦", "13900000032", roles.WORK_TEAM, "230524"),
    Cast("关澜", "13900000034", MARKET_SUPERVISION, "230524"),
    Cast("尤秋", "13900000035", roles.PRODUCER, "230524"),
)


def bring_in_the_cast(codes: set[str]) -> None:
    """Everybody of the tour whose county is open; who is there already stays as they are."""
    for one in CAST:
        if one.county and one.county not in codes:
            continue
        user = User.objects.with_phone(one.phone) or _person(one.name, one.phone)
        villages = list(Village.objects.filter(county_code=one.county)) if one.role == roles.WORK_TEAM else []
        accounts.grant_role(user, role=one.role, county_code=one.county, villages=villages)
        if roles.needs_second_factor([one.role]) and not second_factor.is_set_up(user):
            second_factor.set_up(user, second_factor.new_secret())


def manager_of(county: County, demo: DemoCounty) -> User:
    """Who publishes the county's goods: the tour's manager, or an invented one of its own."""
    for one in CAST:
        if one.county == county.code and one.role == roles.COUNTY_MANAGER:
            phone, name = one.phone, one.name
            break
    else:
        phone, name = f"1390100{county.code[2:]}", demo.contact
    user = User.objects.with_phone(phone) or _person(name, phone)
    accounts.grant_role(user, role=roles.COUNTY_MANAGER, county_code=county.code)
    return user


def _person(name: str, phone: str) -> User:
    user = accounts.create_person(name=name, phone=phone, password=PASSWORD, is_demo=True)
    user.last_login = clock.now()
    user.save(update_fields=["last_login"])
    return user
