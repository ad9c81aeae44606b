"""Package cases made through the services, as people make them."""

import io
from datetime import timedelta

from tests.factories.people import give_role, make_person, make_user

KINDS = ("request", "assigned", "working", "handed_in", "chosen", "compliance", "signed_off", "delivered")


class Cast:
    """The people of one county's package case, and its product on sale."""

    def __init__(self, county, village, product, team):
        from branding.packaging_entries import MARKET_SUPERVISION

        self.county, self.village, self.product, self.team = county, village, product, team
        self.officer = make_person("packaging_officer", name="包装专员")
        self.designer = make_person("designer", name="何设计")
        self.supervisor = make_person(MARKET_SUPERVISION, county, name="监管员")
        self.owner = make_person("producer", county, name="品牌主")


def cast(county):
    from tenants.services import add_village
    from tests.catalog import goods

    village = add_village(county, "龙凤山镇", "兴源村")
    team = give_role(make_user("赵队员"), "work_team", county, villages=[village])
    manager = make_person("county_manager", county, name="孙主任")
    product = goods.publish(
        county, goods.hand_in(county, goods.finished(county, village, by=team), by=team), by=manager
    )
    people = Cast(county, village, product, team)
    people.manager = manager
    tie(people, people.owner)
    return people


def tie(who, person):
    """Write the account down under the producer of the case's product, as the county's manager does."""
    from catalog.services import tie_account
    from tenants.scope import county_scope

    with county_scope(who.county):
        tie_account(who.product.producer, person, by=who.manager)


def png(size=(80, 60), colour="#B5473A"):
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return upload(buffer.getvalue(), "front.png", "image/png")


def pdf(name="print.pdf", size=(200, 200)):
    import pikepdf

    document = pikepdf.new()
    document.add_blank_page(page_size=size)
    buffer = io.BytesIO()
    document.save(buffer)
    return upload(buffer.getvalue(), name, "application/pdf")


def upload(content, name, kind):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content, kind)


def draft(who):
    from branding.services import packaging

    return packaging.open_package(who.county.code, who.product.pk, by=who.team)


def filled(who):
    from branding.services import packaging

    return packaging.save_brief(draft(who), by=who.team, kind="bag", material="kraft", run=2000)


def until(who, state):
    """A case that has come as far as ``state``, each step by the one whose step it is."""
    from branding.models import PackageRequest

    case = filled(who)
    for step in STEPS:
        if case.state == state:
            break
        step(who, case)
        case = PackageRequest.objects.get(pk=case.pk)
    assert case.state == state, (case.state, state)
    return case


def submit(who, case):
    from branding.services import packaging

    packaging.submit_package(case, by=who.team)


def assign(who, case):
    from branding.services import packaging

    packaging.assign_designer(case, who.designer, by=who.officer)


def begin(who, case):
    from branding.services import packaging

    packaging.begin_round(case, by=who.designer)


def hand_in(who, case, *, colour="#B5473A"):
    from branding.services import packaging

    round_ = packaging.begin_round(case, by=who.designer)
    packaging.add_round_file(round_, png(colour=colour), by=who.designer)
    return packaging.hand_in_round(round_, by=who.designer, words="按需求书出的")


def choose(who, case):
    from branding.packaging_rules import latest_round
    from branding.services import packaging

    packaging.choose_round(case, latest_round(case), by=who.team)


def check(who, case, *, passed=True, printed_on=None):
    from branding.packaging_rules import files_of
    from branding.services import packaging
    from kernel import clock

    if not files_of(case.chosen).filter(kind="print").exists():
        packaging.add_print_file(case, pdf(), by=who.designer)
    return packaging.record_compliance(
        case,
        by=who.designer,
        passed=passed,
        printed_on=printed_on or clock.today() + timedelta(days=60),
        facts={"layers": 2},
        findings=[],
        edition="GB 7718-2011",
    )


def sign(who, case, *, sides=("village", "supervision", "owner")):
    from branding.services import packaging

    if case.owner is None:
        packaging.name_owner(case, who.owner, by=who.team)
    case.refresh_from_db()
    signers = {"village": who.team, "supervision": who.supervisor, "owner": who.owner}
    for side in sides:
        packaging.sign_off(case, side, by=signers[side], seen=case.frozen_sha256)


def deliver(who, case):
    from branding.services import packaging
    from kernel import outbox

    while outbox.relay_once():
        pass
    packaging.hand_over(case, by=who.designer, rights=True, thanks=True)
    packaging.accept_package(case, by=who.team)


STEPS = (submit, assign, begin, hand_in, choose, check, sign, deliver)
NEXT = dict(zip(("draft", *KINDS[:-1]), STEPS, strict=True))


def some_bytes(name):
    """A file nobody looks into; every one is another."""
    import os

    return upload(os.urandom(16), name, "application/octet-stream")


def taken_at_its_word(data, allowed=()):
    """Stands in for ``papers.inspected`` where thousands of files come and go."""
    return {"content_type": "application/pdf"}, data
