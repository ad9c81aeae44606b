"""Who may record, see and withdraw a consent, and say who is in a picture."""

import io

import pytest

from tenants.scope import county_scope
from tests.catalog import goods
from tests.cms.pictures import DRAWING, answered, consent, image
from tests.factories.people import client_for

pytestmark = [pytest.mark.django_db, *DRAWING]

# 200/302 let in; 400 let in and told what is wrong; 403 lacks the right; 404 is not from here; "in" to the sign-in.
WHO = ("stranger", "shopper", "elsewhere", "team", "editor", "manager", "coordinator", "auditor")
MAY = {
    ("get", "consents/"): ("in", 404, 404, 200, 200, 200, 200, 200),
    ("get", "consents/blank/"): ("in", 404, 404, 200, 200, 200, 200, 200),
    ("get", "consents/new/"): ("in", 404, 404, 200, 200, 200, 403, 403),
    ("post", "consents/new/"): ("in", 404, 404, 400, 400, 400, 403, 403),
    ("get", "consents/{consent}/"): ("in", 404, 404, 404, 200, 200, 200, 200),
    ("post", "consents/{consent}/withdraw/"): ("in", 404, 404, 404, 400, 400, 400, 403),
    ("post", "consents/{consent}/phone/"): ("in", 404, 404, 404, 200, 200, 403, 403),
    ("post", "consents/{consent}/wall/{image}/"): ("in", 404, 404, 403, 404, 404, 403, 403),
    ("get", "pictures/"): ("in", 404, 404, 403, 200, 200, 200, 200),
    ("get", "pictures/{image}/"): ("in", 404, 404, 403, 200, 200, 200, 200),
    ("post", "pictures/{image}/"): ("in", 404, 404, 403, 400, 400, 403, 403),
    ("get", "pictures/{image}/look/"): ("in", 404, 404, 404, 200, 200, 200, 200),
}


@pytest.fixture
def cast(shopper, manager_elsewhere, team_member, editor, manager, coordinator, auditor):
    return dict(
        zip(WHO, (None, shopper, manager_elsewhere, team_member, editor, manager, coordinator, auditor), strict=True)
    )


@pytest.fixture
def rows(wuchang, editor):
    with county_scope(wuchang):
        agreed = consent("金丝雀", by=editor, phone="19988887766")
        return {"consent": agreed.pk, "image": answered(image(), agreed).pk}


def at(path):
    return f"/c/wuchang/desk/{path}"


@pytest.mark.parametrize(("knock", "answers"), MAY.items(), ids=lambda value: " ".join(map(str, value)))
def test_each_door_opens_for_whom_it_should(cast, rows, knock, answers):
    from django.db import transaction

    method, path = knock
    got = []
    for who in WHO:
        with transaction.atomic():
            answer = getattr(client_for(cast[who]), method)(at(path.format(**rows)))
            transaction.set_rollback(True)
        signed_out = answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
        got.append("in" if signed_out else answer.status_code)
    assert tuple(got) == answers


def test_a_refused_act_changes_nothing(wuchang, cast, rows):
    from cms.models import Consent, PictureAnswer

    def facts():
        with county_scope(wuchang):
            return list(Consent.objects.values()), list(PictureAnswer.objects.values())

    before = facts()
    for who in ("stranger", "shopper", "elsewhere", "team", "auditor"):
        client_for(cast[who]).post(at(f"consents/{rows['consent']}/withdraw/"), {"note": "不该成功"})
        client_for(cast[who]).post(at(f"pictures/{rows['image']}/"), {"people": "no"})
    assert facts() == before


def test_another_countys_consent_and_picture_are_not_here(dongning, manager_elsewhere, rows):
    client = client_for(manager_elsewhere)
    for path in ("consents/{consent}/", "pictures/{image}/", "pictures/{image}/look/"):
        assert client.get(f"/c/dongning/desk/{path.format(**rows)}").status_code == 404
    for path in ("consents/{consent}/withdraw/", "consents/{consent}/phone/"):
        assert client.post(f"/c/dongning/desk/{path.format(**rows)}", {"note": "x"}).status_code == 404
    assert "金丝雀" not in client.get("/c/dongning/desk/consents/").content.decode()


def test_the_paper_to_sign_says_what_the_record_asks_for_and_nothing_of_anybody(wuchang, editor, rows):
    client = client_for(editor)
    paper = client.get(at("consents/blank/")).content.decode()
    for words in (
        "□ 我的照片",
        "□ 我的名字",
        "□ 我的故事和原话",
        "最长三年",
        "随时能撤回",
        "不满 14 岁",
        "五常市电商办",
    ):
        assert words in paper, words
    assert "金丝雀" not in paper
    link = at("consents/blank/")
    for page in (at("consents/"), at("consents/new/")):
        assert f'href="{link}"' in client.get(page).content.decode(), page


def test_the_editor_leads_to_the_paper_and_to_its_record(wuchang, editor):
    from cms.models import CountyHome

    with county_scope(wuchang):
        home = CountyHome.objects.get().pk
    for kind in ("storypage", "personpage"):
        page = client_for(editor).get(f"/c/wuchang/cms/pages/add/cms/{kind}/{home}/").content.decode()
        for link in (at("consents/blank/"), at("consents/new/")):
            assert f'href="{link}" target="_blank"' in page, (kind, link)


def typed(**more):
    from datetime import timedelta

    from kernel import clock

    day = clock.today()
    return {
        "name": "赵福贵",
        "phone": "139 1234 5678",
        "for_photo": "on",
        "for_name": "on",
        "for_story": "on",
        "given_on": day.isoformat(),
        "until": (day + timedelta(days=365)).isoformat(),
        **more,
    }


def paper(content=None, name="同意书.jpg"):
    file = io.BytesIO(goods.image(size=(60, 40)) if content is None else content)
    file.name = name
    return file


class TestATeamMemberOnAPhone:
    def test_records_one_with_a_photo_of_the_paper_and_takes_it_back(self, wuchang, team_member):
        from cms.models import Consent

        client = client_for(team_member)
        answer = client.post(at("consents/new/"), {**typed(), "paper": paper()})
        with county_scope(wuchang):
            kept = Consent.objects.get()
        assert (answer.status_code, kept.phone, kept.recorded_by) == (302, "13912345678", team_member)
        page = client.get(at(f"consents/{kept.pk}/")).content.decode()
        assert "139****5678" in page
        assert "13912345678" not in page
        assert "13912345678" in client.post(at(f"consents/{kept.pk}/phone/")).content.decode()
        assert client.post(at(f"consents/{kept.pk}/withdraw/"), {"note": "本人不愿意了"}).status_code == 302
        with county_scope(wuchang):
            assert Consent.objects.get().withdrawn_at

    def test_a_look_at_the_number_is_in_the_trail(self, wuchang, rows, editor):
        from kernel.models import AuditEntry

        client_for(editor).post(at(f"consents/{rows['consent']}/phone/"))
        assert AuditEntry.objects.filter(action="consent.phone", by=editor).count() == 1

    def test_what_was_typed_stays_when_something_is_wrong(self, wuchang, team_member):
        from cms.models import Consent

        page = client_for(team_member).post(at("consents/new/"), typed(until="2020-01-01")).content.decode()
        assert "赵福贵" in page
        assert "这天已经过了" in page
        assert "传上本人签了字的同意书" in page
        again = {**typed(until="2020-01-01"), "paper": paper()}
        assert (
            "没有存下来，改好别处以后，请再选一次"
            in client_for(team_member).post(at("consents/new/"), again).content.decode()
        )
        with county_scope(wuchang):
            assert not Consent.objects.exists()

    def test_everything_wrong_is_said_at_once_each_at_its_field(self, wuchang, team_member):
        import datetime

        from kernel import clock

        day = clock.today()
        signed = day - datetime.timedelta(days=30)
        wrong = typed(given_on=signed.isoformat(), until=f"{day.year + 4}-01-31")
        wrong = {name: value for name, value in wrong.items() if not name.startswith("for_")}
        answer = client_for(team_member).post(at("consents/new/"), {**wrong, "paper": paper(b"no picture")})
        errors = answer.context["form"].errors
        assert set(errors) == {"for_photo", "until", "paper"}
        assert f"最晚写到 {signed.replace(year=signed.year + 3)}" in errors["until"][0]
        assert "打不开" in errors["paper"][0] or "不收这种文件" in errors["paper"][0]
        body = answer.content.decode()
        for kept in ("赵福贵", "139 1234 5678", signed.isoformat(), wrong["until"]):
            assert f'value="{kept}"' in body

    def test_the_longest_is_said_before_anything_is_typed(self, wuchang, team_member):
        from kernel import clock

        day = clock.today()
        hint = client_for(team_member).get(at("consents/new/")).context["form"]["until"].help_text
        assert f"最晚写到 {day.replace(year=day.year + 3)}" in hint

    def test_the_last_day_of_the_three_years_may_be_written(self, wuchang, team_member):
        from cms import consents
        from kernel import clock

        last = consents.latest_end(clock.today())
        told = {**typed(until=last.isoformat()), "paper": paper()}
        assert client_for(team_member).post(at("consents/new/"), told).status_code == 302


class TestWhoIsOnAPhoto:
    @pytest.fixture
    def unsigned(self, wuchang):
        with county_scope(wuchang):
            return answered(image(), people=True)

    def test_it_is_seen_on_the_desk_by_whoever_must_say_and_nowhere_else(self, wuchang, unsigned, editor, team_member):
        from kernel.models import AuditEntry

        where = at(f"pictures/{unsigned.pk}/look/")
        browser = client_for(editor)
        assert f'src="{where}"' in browser.get(at(f"pictures/{unsigned.pk}/")).content.decode()
        shown = browser.get(where)
        assert shown.content.startswith(b"\x89PNG")
        assert "no-store" in shown["Cache-Control"]
        assert AuditEntry.objects.get(action="picture.open").by == editor
        assert client_for(team_member).get(where).status_code == 404
        assert AuditEntry.objects.filter(action="picture.open").count() == 1
        with county_scope(wuchang):
            public = unsigned.get_rendition("max-600x600|format-jpeg").url
        assert browser.get(public).status_code == 404

    def test_one_that_may_be_shown_keeps_its_public_address(self, rows, editor):
        page = client_for(editor).get(at(f"pictures/{rows['image']}/")).content.decode()
        assert "/look/" not in page


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("paper.jpg", b"<script>alert(1)</script>"),
        ("paper.pdf", b"%PDF-1.7 but nothing follows"),
        ("paper.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("paper.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64),
        ("paper.jpg", b""),
    ],
)
def test_a_hostile_paper_keeps_nothing(wuchang, team_member, name, content):
    from cms.models import Consent
    from kernel.models import Paper

    answer = client_for(team_member).post(at("consents/new/"), {**typed(), "paper": paper(content, name)})
    assert answer.status_code == 400
    with county_scope(wuchang):
        assert not Consent.objects.exists()
    assert not Paper.objects.exists()


def test_only_the_office_and_who_recorded_it_open_the_paper(wuchang, cast, rows, other_member):
    from kernel import papers

    with county_scope(wuchang):
        kept = papers.keep_bytes(
            goods.image(size=(60, 40)), "同意书.jpg", kind="consent.signed", obj=("consent", str(rows["consent"])),
            county=wuchang.code, by=cast["editor"], facts={"content_type": "image/jpeg"},
        )  # fmt: skip
    may = {who: papers.may_open(user, kept) for who, user in cast.items() if user}
    assert {who for who, yes in may.items() if yes} == {"editor", "manager", "coordinator", "auditor"}
    assert not papers.may_open(other_member, kept)


@pytest.fixture
def other_member(wuchang):
    from tests.factories.people import make_person

    return make_person("work_team", wuchang, name="别的队员")
