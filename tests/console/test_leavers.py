"""Whoever leaves, leaves their work to their colleagues: nothing waits with one who cannot come any more."""

import ast
import importlib
from datetime import date
from pathlib import Path

import pytest

from console.inboxes import Asked, colleagues, give
from kernel import deadlines, inbox
from kernel.models import AuditEntry, Deadline, InboxItem
from tests.branding import packages, roads
from tests.branding.conftest import nothing_found, papers_room, trusted_papers, who
from tests.campaigns import words
from tests.catalog import goods
from tests.cms.conftest import write
from tests.factories.people import client_for, give_role, make_person, make_user

__all__ = ["nothing_found", "papers_room", "trusted_papers", "who", "write"]
pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
EVERY_KIND = {
    "packaging.look",
    "packaging.mend",
    "product.mend",
    "brand.answer",
    "brand.mend",
    "endorsement.mend",
    "deadline.missed",
}


@pytest.fixture
def mate(who):
    return give_role(make_user("钱队员"), "work_team", who.county, villages=[who.village])


@pytest.fixture
def busy(who, nothing_found, trusted_papers):
    """A team with something open of every kind."""
    from branding.services import cases, packaging
    from campaigns import services as endorsements
    from catalog import services as catalog
    from tenants.scope import county_scope

    county, village, team = who.county, who.village, who.team
    packages.until(who, "handed_in")
    second = goods.publish(
        county, goods.hand_in(county, goods.finished(county, village, by=team, name="小米"), by=team), by=who.manager
    )
    draft = packaging.open_package(county.code, second.pk, by=team)
    draft = packaging.save_brief(draft, by=team, kind="bag", material="kraft", run=2000)
    packaging.return_package(packaging.submit_package(draft, by=team), by=who.officer, words="材料写清楚")
    third = goods.hand_in(county, goods.finished(county, village, by=team, name="黄豆"), by=team)
    with county_scope(county):
        catalog.return_product(third, by=who.manager, note="照片太暗")
    officer = make_person("brand_officer", name="何青")
    brand = cases.submit_case(roads.draft(county, village, by=team), by=team)
    brand = roads.enter(roads.prepare(brand, by=officer), "filing", by=officer, dated=date(2026, 6, 11))
    roads.enter(brand, "correction", by=officer, dated=date(2026, 6, 20))
    other = cases.submit_case(roads.draft(county, village, by=team, name="拉林语"), by=team)
    cases.return_case(other, by=officer, note="执照看不清")
    with county_scope(county):
        spoken = words.submitted(county, village, who.product, by=team)
        endorsements.return_endorsement(spoken, by=who.manager, note="再写一句")
    deadlines.sweep()
    return team


def shown(user, *, place="230184", everybody=False):
    return set(Asked(user, place, everybody=everybody).items().values_list("pk", flat=True))


def open_of(person):
    return InboxItem.objects.filter(person=person, done_at__isnull=True)


def leave(how, person, by):
    from accounts import services

    if how == "closed":
        services.deactivate_person(person, by=by)
    for seat in person.memberships.filter(revoked_at=None) if how == "seat taken" else ():
        services.revoke_membership(seat, by=by)


@pytest.mark.parametrize("how", ["closed", "seat taken"])
def test_a_leaver_s_open_work_is_their_colleagues(how, who, busy, mate, editor, coordinator):
    theirs = {item.pk: item for item in open_of(busy)}
    assert {item.kind for item in theirs.values()} == EVERY_KIND
    assert not shown(mate) & theirs.keys()
    leave(how, busy, coordinator)
    assert not open_of(busy).exists()
    assert not Deadline.objects.filter(person=busy, stopped_at__isnull=True).exists()
    assert shown(mate) & theirs.keys() == {pk for pk, item in theirs.items() if item.kind != "endorsement.mend"}
    assert shown(editor) & theirs.keys() == {pk for pk, item in theirs.items() if item.kind == "endorsement.mend"}
    assert shown(who.manager, everybody=True) >= theirs.keys()
    assert AuditEntry.objects.filter(action="inbox.release", facts__items=len(theirs)).exists()


def test_where_nobody_else_sits_it_stands_on_the_manager_s_own_list(who, busy, coordinator):
    from accounts import services

    theirs = set(open_of(busy).values_list("pk", flat=True))
    assert not shown(who.manager) & theirs
    services.deactivate_person(busy, by=coordinator)
    assert shown(who.manager) >= theirs


def test_another_village_s_team_is_not_shown_what_it_could_not_open(who, busy, coordinator):
    """The list and the door agree: what its village's team left is no other village's work, but the manager's."""
    from accounts import services
    from tenants.services import add_village

    other = add_village(who.county, "龙凤山镇", "别家村")
    stranger = give_role(make_user("孙队员"), "work_team", who.county, villages=[other])
    theirs = {item.pk: item for item in open_of(busy)}
    services.deactivate_person(busy, by=coordinator)
    ours = {pk for pk, item in theirs.items() if item.kind != "endorsement.mend"}
    door = client_for(stranger)
    assert {door.get(theirs[pk].url.split("#")[0]).status_code for pk in ours if theirs[pk].kind != "product.mend"} <= {
        403,
        404,
    }
    assert not shown(stranger) & theirs.keys()
    assert not shown(stranger, everybody=True) & theirs.keys()
    assert shown(who.manager) >= ours
    neighbour = give_role(make_user("钱队员"), "work_team", who.county, villages=[who.village])
    assert shown(neighbour) >= ours
    assert not shown(who.manager) & ours


def test_somebody_who_keeps_a_seat_for_it_keeps_the_work(who, busy, coordinator):
    from accounts import services

    give_role(busy, "county_editor", who.county)
    count = open_of(busy).count()
    seat = busy.memberships.get(role="county_editor")
    services.revoke_membership(seat, by=coordinator)
    assert open_of(busy).count() == count - 1  # the endorsement is an editor's


def test_the_next_step_of_a_leaver_s_case_is_their_colleagues_too(who, busy, mate, coordinator):
    from accounts import services
    from branding.models import PackageRequest
    from branding.services import packaging

    services.deactivate_person(busy, by=coordinator)
    case = PackageRequest.objects.get(state="handed_in")
    packaging.choose_round(case, case.rounds.first(), by=mate)
    packages.check(who, PackageRequest.objects.get(pk=case.pk))
    item = InboxItem.objects.get(kind="packaging.sign_village")
    assert item.pk in shown(mate)
    assert Deadline.objects.get(code="packaging.sign").person is None


def test_what_is_given_away_takes_its_clock_along(who, busy, mate):
    case = InboxItem.objects.get(kind="packaging.look", done_at__isnull=True)
    asked = Asked(who.manager, "230184", everybody=True)
    assert mate in colleagues(asked)
    assert give(asked, [case.pk], str(mate.pk)) == 1
    assert Deadline.objects.get(code="packaging.look").person == mate
    late = InboxItem.objects.get(kind="deadline.missed")
    question = InboxItem.objects.get(kind="brand.answer")
    give(asked, [question.pk], str(mate.pk))
    late.refresh_from_db()
    assert (late.person, Deadline.objects.get(pk=late.object_id).person) == (mate, mate)
    give(asked, [late.pk], "")
    assert Deadline.objects.get(pk=late.object_id).person is None
    assert Deadline.objects.get(code="packaging.look").person == mate


def test_the_coordinator_s_clock_is_not_given_with_what_escalated_to_them(who, busy, coordinator):
    other = make_person("coordinator", name="同事")
    escalated = InboxItem.objects.get(kind="deadline.escalated")
    before = Deadline.objects.get(pk=escalated.object_id).person
    give(Asked(coordinator), [escalated.pk], str(other.pk))
    assert Deadline.objects.get(pk=escalated.object_id).person == before == busy


def test_a_designer_s_work_is_the_officer_s_and_so_is_the_way_to_it(who, coordinator):
    from accounts import services

    case = packages.until(who, "assigned")
    item = InboxItem.objects.get(kind="packaging.design")
    assert item.person == who.designer
    services.deactivate_person(who.designer, by=coordinator)
    assert item.pk in shown(who.officer, place="")
    answer = client_for(who.officer).get(item.url)
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/packages/{case.pk}/")


def test_an_owner_s_signature_is_the_village_s_to_ask_another_for(who, trusted_papers, mate, coordinator):
    from accounts import services
    from branding.services import packaging

    case = packages.until(who, "compliance")
    packaging.name_owner(case, who.owner, by=who.team)
    item = InboxItem.objects.get(kind="packaging.sign_owner", done_at__isnull=True)
    assert item.person == who.owner
    services.deactivate_person(who.owner, by=coordinator)
    assert item.pk in shown(mate)


def test_a_returned_story_is_the_other_editor_s(who, write, editor, coordinator):
    from accounts import services
    from cms import approval
    from tenants.scope import county_scope

    other = make_person("county_editor", who.county, name="另一位")
    story = write(who.county, by=editor, body=[("text", "<p>稻子熟了。</p>")])
    with county_scope(who.county):
        approval.hand_in(story, by=editor)
        approval.send_back(story, by=who.manager, note="改一句")
    item = InboxItem.objects.get(kind="story.mend", done_at__isnull=True)
    assert (item.person, item.pk in shown(other)) == (editor, False)
    services.deactivate_person(editor, by=coordinator)
    assert item.pk in shown(other)


def test_the_three_officers_work_is_nobody_else_s(coordinator):
    inbox.open_item("search.away", obj=("search", "1"), title="x", role="system_admin")
    assert not shown(coordinator, place="", everybody=True)


def test_an_item_for_a_person_without_a_role_is_refused(team_member):
    with pytest.raises(ValueError, match="role"):
        inbox.open_item("product.mend", obj=("product", "5"), title="木耳", county="230184", person=team_member)
    with pytest.raises(ValueError, match="role"):
        deadlines.start("packaging.look", obj=("package", "5"), title="木耳", county="230184", person=team_member)


def test_an_older_release_s_clock_without_a_role_does_not_stop_the_sweep(team_member):
    old = deadlines.start("packaging.look", obj=("package", "5"), title="木耳", role="x", since=date(2026, 1, 5))
    Deadline.objects.filter(pk=old.pk).update(role="", person=team_member)
    assert deadlines.sweep() == 1
    assert InboxItem.objects.get(kind="deadline.missed").role == "coordinator"


def test_nowhere_is_an_item_opened_for_a_person_without_a_role():
    calls = 0
    for path in ROOT.glob("*/**/*.py"):
        if path.parts[len(ROOT.parts)] in {"tests", "var", ".venv"}:
            continue
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in {"open_item", "tell", "clock_on"}:
                given = {one.arg: one.value for one in call.keywords}
                calls += 1
                if "person" in given:
                    assert getattr(given.get("role"), "value", "role" in given), f"{path}:{call.lineno}"
    assert calls > 10


def test_open_rows_of_an_older_release_get_their_role_and_are_let_go(who, busy, mate):
    from django.apps import apps

    migration = importlib.import_module("accounts.migrations.0006_open_work_has_a_role")
    theirs = set(open_of(busy).values_list("pk", flat=True))
    InboxItem.objects.filter(kind__regex="^(packaging|product|endorsement)", person=busy).update(role="")
    Deadline.objects.filter(code="packaging.look").update(role="")
    mine = InboxItem.objects.get(kind="packaging.look")
    InboxItem.objects.filter(pk=mine.pk).update(person=mate)
    type(busy).objects.filter(pk=busy.pk).update(is_active=False)
    migration.fill(apps, None)
    assert not InboxItem.objects.filter(done_at__isnull=True, role="").exists()
    assert not open_of(busy).exists()
    assert shown(mate) >= theirs - set(InboxItem.objects.filter(kind="endorsement.mend").values_list("pk", flat=True))
    mine.refresh_from_db()
    assert mine.person == mate
    assert Deadline.objects.get(code="packaging.look").role == "work_team"
