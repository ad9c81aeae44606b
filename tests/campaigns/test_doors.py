"""Who may do what with an endorsement, on the county's own screens."""

import io

import pytest

from tests.campaigns import words
from tests.catalog import goods
from tests.factories.people import client_for

pytestmark = pytest.mark.django_db

# 200/302 let in; 400 let in and told what is wrong; 403 lacks the right; 404 is not from here; "in" to the sign-in.
WHO = ("stranger", "shopper", "elsewhere", "team", "editor", "manager", "coordinator", "auditor")
MAY = {
    ("get", ""): ("in", 404, 404, 200, 200, 200, 200, 200),
    ("get", "new/"): ("in", 404, 404, 200, 200, 200, 403, 403),
    ("post", "new/"): ("in", 404, 404, 400, 400, 400, 403, 403),
    ("get", "{draft}/"): ("in", 404, 404, 404, 200, 200, 200, 200),
    ("get", "{draft}/edit/"): ("in", 404, 404, 404, 200, 200, 403, 403),
    ("post", "{draft}/submit/"): ("in", 404, 404, 404, 302, 302, 403, 403),
    ("post", "{draft}/drop/"): ("in", 404, 404, 404, 302, 302, 403, 403),
    ("post", "{waiting}/approve/"): ("in", 404, 404, 403, 403, 302, 403, 403),
    ("post", "{waiting}/return/"): ("in", 404, 404, 403, 403, 400, 403, 403),
    ("post", "{standing}/end/"): ("in", 404, 404, 403, 403, 400, 400, 403),
    ("post", "{standing}/term/"): ("in", 404, 404, 403, 403, 400, 400, 403),
}


@pytest.fixture
def cast(shopper, manager_elsewhere, team_member, editor, manager, coordinator, auditor):
    return dict(
        zip(WHO, (None, shopper, manager_elsewhere, team_member, editor, manager, coordinator, auditor), strict=True)
    )


@pytest.fixture
def rows(wuchang, village, on_sale, editor):
    who = words.person(village)
    return {
        "draft": words.proposed(wuchang, village, on_sale, by=editor, who=who).pk,
        "waiting": words.submitted(wuchang, village, on_sale, by=editor, who=who).pk,
        "standing": words.standing(wuchang, village, on_sale, by=editor, who=who).pk,
    }


def at(path=""):
    return f"/c/wuchang/desk/endorsements/{path}"


@pytest.mark.parametrize(("knock", "answers"), MAY.items(), ids=lambda value: " ".join(map(str, value)))
def test_each_door_opens_for_whom_it_should(wuchang, cast, rows, knock, answers):
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
    from campaigns.models import Endorsement

    row = Endorsement.objects.get(pk=rows["standing"])
    before = words.facts(row)
    for who in ("stranger", "shopper", "elsewhere", "team", "editor", "auditor"):
        client_for(cast[who]).post(at(f"{row.pk}/end/"), {"note": "不该成功"})
    assert words.facts(row) == before


def test_another_countys_endorsement_is_not_here(dongning, manager_elsewhere, rows):
    """Its own people neither: the number exists, in the other county."""
    client = client_for(manager_elsewhere)
    for path in ("{draft}/", "{draft}/edit/"):
        assert client.get(f"/c/dongning/desk/endorsements/{path.format(**rows)}").status_code == 404
    for path in ("{waiting}/approve/", "{standing}/end/", "{standing}/term/", "{draft}/drop/"):
        assert client.post(f"/c/dongning/desk/endorsements/{path.format(**rows)}", {"note": "x"}).status_code == 404


def typed(village, product, **more):
    return {
        "name": "赵明远",
        "title": "驻村第一书记",
        "village": village.pk,
        "term_from": "2025-06-01",
        "term_until": "2027-06-30",
        "statement": "我家吃的就是这一袋。",
        "products": [product.pk],
        "starts_on": "2026-11-22",
        "ends_on": "2027-06-30",
        "unpaid": "on",
        **more,
    }


def photo():
    file = io.BytesIO(goods.image(size=(60, 40)))
    file.name = "任职文件.jpg"
    return file


class TestATeamMember:
    def test_proposes_on_a_phone_with_a_photo_of_the_letter(self, wuchang, village, on_sale, team):
        from campaigns.models import Endorsement
        from kernel.models import Paper

        client = client_for(team)
        answer = client.post(at("new/"), typed(village, on_sale, letter=photo(), submit="1"))
        row = Endorsement.objects.get()
        assert (answer.status_code, row.state, row.created_by) == (302, "submitted", team)
        paper = Paper.objects.get()
        assert (paper.object_kind, paper.object_id) == ("endorser", str(row.endorser_id))
        assert "赵明远" in client.get(at(f"{row.pk}/")).content.decode()
        assert client.get(f"/papers/{paper.pk}/").status_code in {200, 404}

    def test_sees_neither_the_others_nor_goods_of_other_villages(self, wuchang, rows, on_sale, other_team):
        client = client_for(other_team)
        assert "赵明远" not in client.get(at()).content.decode()
        assert client.get(at(f"{rows['draft']}/")).status_code == 404
        assert on_sale.name not in client.get(at("new/")).content.decode()

    def test_keeps_what_was_typed_when_something_is_wrong(self, wuchang, village, on_sale, team):
        from campaigns.models import Endorsement

        answer = client_for(team).post(at("new/"), typed(village, on_sale, ends_on="2026-11-01"))
        page = answer.content.decode()
        assert answer.status_code == 400
        assert "截止在开始之前了" in page
        assert "我家吃的就是这一袋。" in page
        assert "没有存下来" not in page
        again = typed(village, on_sale, ends_on="2026-11-01", letter=photo())
        page = client_for(team).post(at("new/"), again).content.decode()
        assert "刚才选的“任职文件.jpg”没有存下来" in page, "a browser shows the field empty"
        assert not Endorsement.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("letter.jpg", b"<script>alert(1)</script>"),
        ("letter.pdf", b"%PDF-1.7 but nothing follows"),
        ("letter.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("letter.html", b"<!doctype html><p>hello"),
        ("letter.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64),
    ],
)
def test_a_hostile_letter_keeps_nothing(wuchang, village, on_sale, team, name, content):
    from campaigns.models import Endorsement, Endorser
    from kernel.models import Paper

    file = io.BytesIO(content)
    file.name = name
    answer = client_for(team).post(at("new/"), typed(village, on_sale, letter=file, submit="1"))
    assert answer.status_code == 400
    assert "我家吃的就是这一袋。" in answer.content.decode()
    assert [kind.objects.count() for kind in (Endorsement, Endorser, Paper)] == [0, 0, 0]


def test_the_manager_approves_and_the_coordinator_takes_down(wuchang, cast, rows, client, on_sale):
    from campaigns.models import Endorsement

    row = Endorsement.objects.get(pk=rows["waiting"])
    page = client_for(cast["manager"]).get(at(f"{row.pk}/")).content.decode()
    assert "批准，上墙" in page
    seen = page.split('name="seen" value="')[1].split('"')[0]
    assert client_for(cast["manager"]).post(at(f"{row.pk}/approve/"), {"seen": seen}).status_code == 302
    row.refresh_from_db()
    assert row.state == "standing"
    for pk in (row.pk, rows["standing"]):
        client_for(cast["coordinator"]).post(at(f"{pk}/end/"), {"note": "接到反映，先撤下"})
    assert "我家吃的就是这一袋" not in client.get(f"/c/wuchang/p/{on_sale.pk}/").content.decode()


def test_the_provinces_list_shows_every_county_and_leads_there(wuchang, cast, rows):
    page = client_for(cast["coordinator"]).get("/desk/endorsements/").content.decode()
    assert f'href="/c/wuchang/desk/endorsements/{rows["standing"]}/"' in page
    assert client_for(cast["manager"]).get("/desk/endorsements/").status_code == 403
