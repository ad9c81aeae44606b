"""What is unusual about an invitation is said or asked at its field, before anything is sent."""

from datetime import timedelta

import pytest

from accounts import services
from accounts.models import Invitation
from kernel import clock
from tenants.services import add_village
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
PEOPLE = "/c/wuchang/desk/people/"
PHONE = "19912340001"


@pytest.fixture
def press(client_for, manager, wuchang):
    """What the desk answers when this is typed and the button pressed."""
    browser = client_for(manager)

    def typed(**more):
        return browser.post(f"{PEOPLE}invite/", {"phone": PHONE, "name": "孙编辑", "role": "county_editor", **more})

    return typed


def errors(answer):
    assert answer.status_code == 400
    return {name: list(said) for name, said in answer.context["form"].errors.items()}


class TestTheSamePhoneTwice:
    def test_is_refused_and_told_what_to_do_with_the_first(self, press):
        assert press().status_code == 302
        first = Invitation.objects.get(role="county_editor")
        (said,) = errors(press(name="孙二"))["phone"]
        assert "已经请过做县编辑" in said
        assert first.expires_at.astimezone(clock.SHANGHAI).date().isoformat() in said
        assert "再发一次" in said
        assert "收回" in said
        kept = Invitation.objects.get(role="county_editor")
        assert (kept.name, kept.sent_count, kept.token_hash) == ("孙编辑", 1, first.token_hash)

    def test_is_taken_when_the_first_has_run_out_or_was_withdrawn(self, press, manager):
        press()
        Invitation.objects.update(expires_at=clock.now() - timedelta(hours=1))
        assert press().status_code == 302
        services.revoke_invitation(Invitation.objects.unused().get(role="county_editor"), by=manager)
        assert press().status_code == 302

    def test_for_another_role_is_asked_about_once(self, press):
        press()
        answer = press(role="producer")
        assert "已经请过做县编辑" in errors(answer)["phone"][0]
        assert f'name="second_role" value="{PHONE}"' in answer.content.decode()
        assert press(role="producer", second_role=PHONE).status_code == 302


class TestSomebodyWhoIsHere:
    def test_with_another_role_is_asked_about_once(self, press):
        make_person("producer", "230184", phone=PHONE, name="老孙")
        answer = press()
        assert "已经是生产者" in errors(answer)["phone"][0]
        assert "对，再请他做县编辑" in answer.content.decode()
        assert not Invitation.objects.filter(role="county_editor").exists()
        assert press(second_role=PHONE).status_code == 302
        assert Invitation.objects.filter(role="county_editor").exists()

    def test_a_tick_for_one_phone_is_none_for_another(self, press):
        make_person("producer", "230184", phone=PHONE, name="老孙")
        assert "phone" in errors(press(second_role="19912349999"))

    def test_with_this_role_is_not_invited_and_the_field_says_so(self, press):
        make_person("county_editor", "230184", phone=PHONE, name="老孙")
        assert "已经是县编辑了" in errors(press())["phone"][0]

    def test_of_another_county_is_nobody_here(self, press, dongning):
        make_person("producer", dongning.code, phone=PHONE, name="老孙")
        assert press().status_code == 302


class TestATeamWithoutAVillage:
    def test_is_asked_about_once_at_the_villages(self, press, wuchang):
        village = add_village(wuchang, "龙凤山镇", "兴源村")
        answer = press(role="work_team")
        assert "选上他负责的村" in errors(answer)["villages"][0]
        assert 'name="no_village"' in answer.content.decode()
        assert press(role="work_team", villages=[village.pk]).status_code == 302
        assert press(role="work_team", phone="19912340002", no_village="on").status_code == 302

    def test_is_not_asked_for_other_roles_nor_where_there_is_no_village_yet(self, press, wuchang):
        assert press(role="work_team").status_code == 302
        add_village(wuchang, "龙凤山镇", "兴源村")
        assert press(phone="19912340003").status_code == 302

    def test_all_that_is_unusual_is_said_at_once(self, press, wuchang):
        add_village(wuchang, "龙凤山镇", "兴源村")
        make_person("producer", "230184", phone=PHONE, name="老孙")
        assert set(errors(press(role="work_team"))) == {"phone", "villages"}
        assert press(role="work_team", second_role=PHONE, no_village="on").status_code == 302
