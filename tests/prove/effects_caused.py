"""Beside a province on real servers: every kind of effect caused through the services that people use.

``open``, ``begin`` and ``cause`` one after the other, then ``trade SEED`` while servers die; each prints one JSON
line. ``worker HOW`` is one that stops at a moment, or has a fault.
"""

import json
import random
import signal
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from functools import partial
from itertools import count

OPEN = ("230184", "231086")
VILLAGE, HILL = "兴源村", "保山村"
GOODS, OPENINGS, PHOTOS, NOTICES, CODES = 60, 8, 24, 350, 40  # caused at once, before the first kill
KEEPER = "system_admin"  # a seat that no other work of this proof waits for
ENDORSEMENTS, CONSENTS, GOODBYES, CLOCKS = 16, 8, 20, 40
OWN_ARCHIVES, PACKS, MARKS = 6, 4, 6
AHEAD = timedelta(days=40)  # whatever waits for a day is due after this
PHONE = "1995{:07d}".format


def county(code=OPEN[0]):
    from tenants.models import County

    return County.objects.get(code=code)


def here():
    from tenants.scope import county_scope

    return county_scope(county())


def person(number, role="", place=""):
    """Somebody with a phone of their own and no password."""
    from tests.factories.people import give_role, make_user

    user = make_user(f"人{number}", phone=PHONE(number), password=None)
    return give_role(user, role, place) if role else user


def people():
    from accounts.models import User
    from tenants.models import Village

    named = {user.name: user for user in User.objects.filter(name__in=["赵队员", "孙主任", "钱编辑", "何青"])}
    return named, Village.objects.get(county_code=OPEN[0], name=VILLAGE)


# --- before the calendar moves ------------------------------------------------------------------------


def kinds():
    """Every kind that a room registered."""
    from kernel import outbox

    return sorted({*outbox.HANDLERS, *outbox.TOGETHER})


def plan(codes):
    from tenants import opening

    opening.plan_counties([opening.Plan(code, service_phone="0451-55550000") for code in codes])
    return len(codes)


def open_two():
    """Two counties and who works there; nothing is left to do."""
    from kernel import clock
    from tenants.services import add_village
    from tests.accounts.hours import until_noon
    from tests.factories.people import give_role, make_user

    clock.shift(until_noon())
    plan(OPEN)
    drain()
    village = add_village(county(), "龙凤山镇", VILLAGE)
    give_role(make_user("赵队员", password=None), "work_team", county(), villages=[village])
    give_role(make_user("孙主任", password=None), "county_manager", county())
    give_role(make_user("钱编辑", password=None), "county_editor", county())
    give_role(make_user("何青", password=None), "brand_officer")


def drain():
    from kernel import outbox

    while outbox.relay_once():
        pass


def begin():
    """What will be due one day; then that day comes."""
    from kernel import clock, deadlines
    from tests.accounts.hours import until_noon

    named, village = people()
    began = time.monotonic()
    goods_endorsed(named, village)
    consents(named["钱编辑"])
    goodbyes()
    clocks()
    drain()
    clock.shift(until_noon() + AHEAD)
    deadlines.sweep()
    return {"took": time.monotonic() - began, "waiting": waiting()}


def goods_endorsed(named, village):
    from kernel import clock
    from tests.campaigns import words

    today = clock.today()
    product = sell("代言米", named, village)
    term = (today - timedelta(days=300), today + timedelta(days=300))
    for number in range(ENDORSEMENTS):
        words.standing(
            county(), village, product, by=named["钱编辑"], approver=named["孙主任"],
            who=words.person(village, name=f"赵明{chr(0x4E00 + number)}", term=term),
            starts_on=today + timedelta(days=5), ends_on=today + timedelta(days=20),
        )  # fmt: skip


def consents(editor):
    """Half of them end by the calendar; ``cause`` withdraws the others."""
    from cms import consents as services
    from cms.models import CountyHome, StoryPage
    from kernel import clock
    from tests.cms import pictures

    today = clock.today()
    with here():
        for number in range(CONSENTS):
            until = today + timedelta(days=20 if number % 2 else 300)
            agreed = services.Agreed(
                f"赵福{number}", until, today, for_photo=True, for_name=True, for_story=True
            )  # fmt: skip
            consent = services.record_consent(agreed, pictures.paper(), by=editor)
            image = pictures.answered(pictures.image(f"田里 {number}", color=f"#{number + 16:02x}473A"), consent)
            page = StoryPage(title=f"故事 {number}", slug=f"story-{number}", live=False, owner=editor, photo=image)
            CountyHome.objects.get().add_child(instance=page)
            page.told.add(consent)
            page.save_revision(user=editor).publish()
            image.get_rendition("fill-360x480|format-jpeg")


def goodbyes():
    from accounts.rights import goodbye

    for number in range(GOODBYES):
        goodbye.ask(person(1000 + number))


def clocks():
    """Late after the calendar moved: a text message and a letter each."""
    from kernel import clock, deadlines

    due = clock.today() + timedelta(days=10)
    for number in range(CLOCKS):
        user = person(2000 + number, KEEPER)
        user.mail, user.mail_confirmed_at = f"p{number}@example.cn", clock.now()
        user.save()
        deadlines.start(
            "account.goodbye",
            obj=("proof", str(number)),
            title=f"事{number}",
            role=KEEPER,
            person=user,
            escalate_to="",
            until=due,
        )


# --- after it moved: nothing runs yet, all of it waits ---------------------------------------------------


def cause():
    named, village = people()
    began = time.monotonic()
    for act in (withdraw_consents, marks, packs, goods, photos, archives, openings, messages):
        act(named, village)
        print(act.__name__, round(time.monotonic() - began, 1), file=sys.stderr)
    return {"took": time.monotonic() - began, "waiting": waiting()}


def waiting():
    from kernel import clock
    from kernel.models import OutboxRow

    due = OutboxRow.objects.filter(state="waiting", next_at__lte=clock.now())
    return dict(Counter(due.values_list("kind", flat=True)))


def withdraw_consents(named, village):
    from cms import consents as services
    from cms.models import Consent
    from kernel import clock

    with here():
        for consent in Consent.objects.filter(until__gt=clock.today()):
            services.withdraw_consent(consent, by=named["钱编辑"], why="本人来电话")


def marks(named, village):
    """One registered mark of a producer with goods on sale, and cases that come and go."""
    from branding.services import cases
    from catalog.models import Producer
    from kernel import clock
    from tenants.services import add_village
    from tests.branding import roads

    village = add_village(county(), "向阳镇", HILL)
    for number in range(3):
        sell(f"山里的米 {number}", named, village)
    with here():
        producer = Producer.objects.get(name__startswith=HILL)
    for number, name in enumerate(("山椴语", "雪谷香", "拉林河", "黑土情", "北大荒人家", "稻浪")[:MARKS]):
        brand = roads.draft(county(), village, by=named["赵队员"], name=name, classes=(30,), producer_id=producer.pk)
        brand = cases.submit_case(brand, by=named["赵队员"])
        if number == 0:
            brand = roads.prepare(brand, by=named["何青"])
            roads.registered(brand, by=named["何青"], filed=clock.today() - timedelta(days=500))
        else:
            cases.give_up(brand, by=named["赵队员"], note="先不办")


def packs(named, village):
    """Signed by three each: a pack is made, and a preview of every file."""
    from tests.branding import packages

    who = packages.Cast(county(), village, None, named["赵队员"])
    who.manager = named["孙主任"]
    for number in range(PACKS):
        who.product = sell(f"包装米 {number}", named, village)
        packages.tie(who, who.owner)
        packages.until(who, "signed_off")


def goods(named, village):
    sold = [sell(f"新米 {number} 号", named, village) for number in range(GOODS)]
    for product in sold[::3]:
        take_back(product, named)


def photos(named, village):
    for number in range(PHOTOS // 2):
        sell(f"照片米 {number}", named, village, shots=2)


def archives(named, village):
    from accounts.rights import archives as rights

    for number in range(OWN_ARCHIVES):
        rights.ask_for_own(person(3000 + number))
    for code in OPEN:
        rights.ask_for_county(county(code), by=person(3100 + int(code[-2:]), "county_manager", county(code)))


def openings(named, village):
    from tenants import selectors

    closed = [row.division.code for row in selectors.province_rows() if not row.county]
    plan(closed[:OPENINGS])


def messages(named, village):
    for number in range(NOTICES):
        remind(number)
    for number in range(CODES):
        send_code(number)


def remind(number):
    from accounts.messages import send

    return send("reminder", PHONE(10_000 + number), sentence=f"第 {number} 条").pk


def send_code(number):
    from accounts.messages import send

    return send("code", PHONE(50_000 + number), code=f"{number:06d}").pk


def sell(name, named, village, shots=0):
    from catalog import services
    from tests.catalog import goods as made

    product = made.finished(county(), village, by=named["赵队员"], name=name)
    with here():
        for _shot in range(shots):
            services.add_photo(product, made.upload(made.image(size=(1200, 900))), by=named["赵队员"])
    made.hand_in(county(), product, by=named["赵队员"])
    return made.publish(county(), product, by=named["孙主任"])


def take_back(product, named):
    from catalog import services

    with here():
        services.withdraw_product(product, by=named["孙主任"], note="换包装")


# --- while servers die --------------------------------------------------------------------------------


def trade(seed):
    """Go on like a county's day, whatever dies, until we are asked to end; only what was confirmed to us is told."""
    from django.db import Error, connection

    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    named, village = people()
    print("ready", flush=True)
    dice = random.Random(int(seed))
    told = {"sold": [], "taken_back": [], "messages": [], "refused": 0}
    number = 0
    while not ended.wait(0.1):
        number += 1
        act = dice.choice([partial(a_sale, named, village), partial(a_return, named), a_notice, a_notice, a_code])
        try:
            act(number, told)
        except Error:
            told["refused"] += 1
            connection.close()
    return told


def a_sale(named, village, number, told):
    shots = int(number % 8 == 0)
    told["sold"].append(sell(f"集上的米 {number}", named, village, shots=shots).pk)


def a_return(named, number, told):
    """Where the answer was lost, nobody knows whether it came back: it is then in no list."""
    from catalog.models import Product

    if len(told["sold"]) > 3:
        pk = told["sold"].pop()
        with here():
            product = Product.objects.get(pk=pk)
        take_back(product, named)
        told["taken_back"].append(pk)


def a_notice(number, told):
    told["messages"].append(remind(20_000 + number))


def a_code(number, told):
    told["messages"].append(send_code(20_000 + number))


def later(seconds):
    """The calendar moves on a little, and what beat does twice a minute is done."""
    from accounts.tasks import tend_messages
    from kernel import clock
    from kernel.models import ClockShift

    clock.shift(timedelta(seconds=ClockShift.objects.get(pk=1).seconds + int(seconds)))
    return tend_messages()


# --- workers that stop at a moment, or have a fault -------------------------------------------------------------------------------


def worker(how, kind):
    """Takes the first row of this kind that is due, says so and waits; a count of terms may be due with it."""
    from kernel import outbox

    due = outbox._due
    outbox._due = lambda: due().filter(kind=kind)
    {"forgetful": forgetful, "careless": careless, "halfway": halfway, "drawing": drawing}[how]()


def forgetful():
    """It writes a row off before its effect."""
    from django.db import transaction

    from kernel import outbox

    with transaction.atomic():
        row = outbox._due().first()
        outbox._note(row, None)
    at_work(row.kind)


def careless():
    """It writes a row off only after its effect was committed."""
    from django.db import transaction

    from kernel import outbox

    with transaction.atomic():
        row = outbox._due().first()
    assert outbox._troubles([row]) == [None]
    at_work(row.kind)


def halfway():
    """Nothing is wrong with it: it is killed when an archive is written and not yet sealed."""
    from accounts.rights import archives
    from kernel import outbox

    archives._keep = lambda *_written: at_work(archives.BUILD)
    outbox.relay_once(1)


def drawing():
    """Nothing is wrong with it: it takes its time over a photo, until it hears a line."""
    from catalog import rendering
    from kernel import outbox

    turned = rendering.upright_photo

    def slowly(file):
        at_work(rendering.RENDER)
        return turned(file)

    rendering.upright_photo = slowly
    outbox.relay_once(1)


def at_work(kind):
    """Says so and waits, until it is killed or told to go on."""
    print(kind, flush=True)
    sys.stdin.readline()


def one_opening():
    from tenants import selectors

    plan([row.division.code for row in selectors.province_rows() if not row.county][:1])


def one_archive():
    from accounts.rights import archives

    archives.ask_for_own(person(3999))


def one_photo():
    named, village = people()
    return sell("慢照片米", named, village, shots=1).pk


def one_return(pk):
    from catalog.models import Product

    with here():
        product = Product.objects.get(pk=pk)
    take_back(product, people()[0])


def one_reminder():
    from kernel import clock, deadlines

    due, user = clock.today() - timedelta(days=1), person(2999, KEEPER)
    user.mail, user.mail_confirmed_at = "late@example.cn", clock.now()
    user.save()
    deadlines.start(
        "account.goodbye",
        obj=("proof", "one"),
        title="事",
        role=KEEPER,
        person=user,
        escalate_to="",
        since=due,
        until=due,
    )
    deadlines.sweep()


VERBS = {
    "kinds": kinds, "open": open_two, "begin": begin, "cause": cause, "trade": trade, "later": later,
    "one_archive": one_archive, "one_opening": one_opening, "one_reminder": one_reminder, "one_photo": one_photo, "one_return": one_return, "drain": drain, "worker": worker,
}  # fmt: skip


def main(verb, *values):
    import django

    django.setup()
    from tests.factories import people as cast

    cast._numbers = count(1_000_000 * list(VERBS).index(verb))  # the phones of another process are taken
    print(json.dumps(VERBS[verb](*values), ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
