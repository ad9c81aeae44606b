"""The first start's province: opened, peopled and filled through the services everybody uses.

Each county is filled in one transaction, so a start that was killed goes on with the next county.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import roles
from accounts import selectors as accounts_selectors
from accounts import services as accounts
from accounts.models import User
from catalog import services as catalog
from catalog.models import Producer, Product
from catalog.states import ProductState
from cms.models import CountyHome, StoryPage
from demo import brands, endorsements, packages, people
from demo.province import DemoCounty, counties
from kernel import audit, clock, outbox
from kernel.errors import DomainError
from tenants import services as tenants
from tenants.models import County, Village
from tenants.opening import Plan, plan_counties
from tenants.scope import county_scope
from tenants.selectors import progress as progress_of
from tenants.states import CountyState

Progress = Callable[[int, int, str], None]
STORY_EVERY = 2  # days between two counties' stories, so that the newest differ
# Counties that are open and still look for their people, and one that waits for its service phone.
STANDING = (
    Plan("230421", "关河", "13902000421", "0468-55550421"),
    Plan("230722", "曲林", "13902000722", "0458-55550722"),
    Plan("230781", "尤岭", "13902000781", "0458-55550781"),
)
STUCK = Plan("230921", "葛川", "13902000921")
# Here the last product still waits for the county office to look at it.
LEFT_WAITING = frozenset({"231086", "230524"})
# What the demo's makers say of keeping, by the kind of goods: invented, as an ordinary label has it.
KEPT = {
    "grain": ("12 个月", "阴凉干燥处，开袋后扎紧"),
    "fungus": ("18 个月", "干燥处，防潮"),
    "honey": ("24 个月", "阴凉处，别晒"),
}
DAYS_BETWEEN = 2.5  # between two counties' openings
CONTACT = "1390200{digits}"
PROVINCE = "23"  # Heilongjiang: a platform of another province opens none of its counties


class NoDemoHere(DomainError):
    """The demo exists on the embedded database only."""

    code = "no_demo_here"


def open_demo_province(progress: Progress) -> None:
    """Everything of the demo that is not there yet; ``progress(done, total, title)`` hears of it."""
    if not settings.JIETI_DEMO:
        raise NoDemoHere(_("只有内置数据库上的演示省份能这样做。"))
    if settings.JIETI_PROVINCE != PROVINCE:
        return
    planned = counties()
    total = 2 * len(planned)
    opening = _("先开 %(count)s 个县") % {"count": len(planned)}
    stocking = _("给 %(count)s 个县上货") % {"count": len(planned)}
    _open(planned, lambda done: progress(done, total, opening))
    open_codes = set(County.objects.filter(state=CountyState.OPEN).values_list("code", flat=True))
    for place, demo in enumerate(planned):
        if demo.code in open_codes:
            fill(County.objects.get(code=demo.code), demo, place)
        progress(len(planned) + place + 1, total, stocking)
    people.bring_in_the_cast(open_codes)
    endorsements.bring_in_the_endorsers(open_codes)
    brands.bring_in_the_brands(open_codes)
    packages.bring_in_the_packages(open_codes)
    _invite_those_standing()
    while outbox.relay_once():
        pass
    audit.seal()


def welcome() -> str:
    """What ``jieti up`` prints of the demo."""
    if settings.JIETI_PROVINCE != PROVINCE:
        return _("演示只有黑龙江的。")
    lines = [_("演示账号（密码都是 %(password)s）：") % {"password": people.PASSWORD}]
    for one in people.CAST:
        where = County.objects.filter(code=one.county).values_list("name", flat=True).first()
        lines.append(f"  {one.phone}  {one.name}  {where or _('全省')}，{roles.name_of(one.role)}")
    place = "" if settings.JIETI_VAR == settings.ROOT / "var" else f"JIETI_VAR={settings.JIETI_VAR} "
    lines.append(_("要动态验证码的账号：%(place)s.venv/bin/jieti demo code 林雪") % {"place": place})
    return "\n".join(lines)


def _open(planned: tuple[DemoCounty, ...], progress: Callable[[int], None]) -> None:
    begun = set(County.objects.exclude(state=CountyState.PLANNED).values_list("code", flat=True))
    plans = [*map(_plan, planned), *STANDING, STUCK]
    new = [plan for plan in plans if plan.code not in begun]
    batch = plan_counties(new) if new else None
    said = -1
    while outbox.relay_once(limit=4):
        done = progress_of(batch).done if batch else 0
        if done > said:
            said = done
            progress(done)


def _plan(demo: DemoCounty) -> Plan:
    return Plan(
        code=demo.code,
        contact_name=demo.contact,
        contact_phone=CONTACT.format(digits=demo.code[2:]),
        service_phone=demo.service_phone,
        theme=demo.theme,
        saying=demo.saying,
    )


def _invite_those_standing() -> None:
    """Two of the three are invited, so that the board shows every rung."""
    for plan in STANDING[1:]:
        invited = accounts_selectors.pending_invitations(plan.code).exists()
        if not invited and County.objects.filter(code=plan.code, state=CountyState.OPEN).exists():
            accounts.invite(
                phone=plan.contact_phone,
                name=plan.contact_name,
                role=roles.COUNTY_MANAGER,
                county_code=plan.code,
            )


def fill(county: County, demo: DemoCounty, place: int) -> None:
    """A county's villages, producers, goods and story, all or none; nothing where it is filled."""
    with transaction.atomic(), county_scope(county):
        if Producer.objects.exists():
            return
        manager = people.manager_of(county, demo)
        villages = _villages(county, demo)
        producers = _producers(demo, villages, manager)
        for facts in demo.products:
            product = _product(facts, producers[facts["producer"]], manager)
            if demo.code not in LEFT_WAITING or facts is not demo.products[-1]:
                catalog.publish_product(product, by=manager)
        _home(demo)
        _story(demo, place)
        _opened(county, place)


def _opened(county: County, place: int) -> None:
    """A province does not open on one day: the first counties of the demo were there long ago."""
    days = (len(counties()) - place) * DAYS_BETWEEN
    County.objects.filter(pk=county.pk).update(opened_at=clock.now() - timedelta(days=days))


def _villages(county: County, demo: DemoCounty) -> dict[tuple[str, str], Village]:
    return {
        (township["name"], name): tenants.add_village(county, township["name"], name)
        for township in demo.townships
        for name in township["villages"]
    }


def _producers(demo: DemoCounty, villages: dict[tuple[str, str], Village], manager: User) -> dict[str, Producer]:
    made = {}
    for facts in demo.producers:
        village = villages.get((facts["township"], facts["village"]))
        producer = Producer(
            name=facts["name"],
            kind=facts["kind"],
            business_phone=facts["phone"],
            households=facts.get("households"),
            intro=facts.get("intro", ""),
            shops=facts.get("shops", []),
            village_id=village.pk if village else None,
            place=facts["township"],
        )
        made[facts["key"]] = catalog.save_producer(producer, by=manager, phone_agreed=True)
    return made


def _product(facts: dict[str, Any], producer: Producer, manager: User) -> Product:
    shelf_life, storage = KEPT.get(facts["category"].split(".")[0], ("", ""))
    product = catalog.create_draft(
        by=manager,
        name=facts["title"],
        category=facts["category"],
        summary=facts["summary"],
        description=facts["description"],
        producer=producer,
        village_id=producer.village_id,
        season=facts.get("season", []),
        farm_produce=facts.get("farm_produce", True),
        shelf_life=shelf_life,
        storage=storage,
        drawing=facts.get("drawing", ""),
        word=facts.get("word", ""),
    )
    if not product.place:
        product.place = producer.place
        product.save(update_fields=["place"])
    packs = [
        catalog.Pack(
            name=pack["name"],
            unit=pack["unit"],
            price_fen=pack["price_fen"],
            net_grams=pack.get("grams"),
            stock=pack["stock"],
        )
        for pack in facts["variants"]
    ]
    catalog.save_variants(product, packs, by=manager)
    return catalog.submit_product(product, by=manager)


def _home(demo: DemoCounty) -> None:
    home = CountyHome.objects.get()
    home.standfirst, home.place = demo.saying, demo.story["place"]
    home.intro = demo.home["intro"]
    home.save_revision().publish()


def _body(demo: DemoCounty) -> list[tuple[str, Any]]:
    """The paragraphs, with the first good on sale after the second of them."""
    blocks: list[tuple[str, Any]] = [("text", f"<p>{text}</p>") for text in demo.story["paragraphs"]]
    sold = Product.objects.filter(state=ProductState.PUBLISHED).order_by("pk").first()
    if sold:
        blocks.insert(2, ("product", {"product": sold.pk}))
    return blocks


def _story(demo: DemoCounty, place: int) -> None:
    day = clock.today() - timedelta(days=STORY_EVERY * place)
    story = StoryPage(
        title=demo.story["title"],
        slug="story",
        standfirst=demo.story["standfirst"],
        place=demo.story["place"],
        date=day,
        author=_("县融媒体中心（演示）"),
        body=_body(demo),
        sources=[("source", {"text": fact["text"], "source": fact["source"]}) for fact in demo.story["facts"]],
    )
    CountyHome.objects.get().add_child(instance=story)
    story.save_revision().publish()
