"""The designer's studio: only one's own cases, rounds that are filled and handed in, remarks answered."""

import pytest

from tests.branding import packages
from tests.factories.people import client_for, make_person


@pytest.fixture
def who(wuchang, settings, tmp_path):
    return packages.cast(wuchang)


@pytest.fixture(autouse=True)
def private_papers(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"


def studio(path=""):
    return f"/studio/{path}"


def pin(who, case, words="字再大一号"):
    from branding.packaging_rules import latest_round
    from branding.services import packaging

    round_ = latest_round(case)
    return packaging.pin_remark(round_, round_.files.get().pk, 250, 400, words, by=who.team)


class TestWhoComesIn:
    def test_a_designer_sees_only_what_is_theirs(self, who):
        case = packages.until(who, "working")
        other = make_person("designer", name="别的设计师")
        mine, theirs = client_for(who.designer), client_for(other)
        assert case.product_name in mine.get(studio()).content.decode()
        assert mine.get(studio(f"{case.pk}/")).status_code == 200
        assert case.product_name not in theirs.get(studio()).content.decode()
        for path in ("", "rounds/1/", "compare/", "compliance/"):
            assert theirs.get(studio(f"{case.pk}/{path}")).status_code == 404, path
        for path in ("begin/", "rounds/1/files/", "rounds/1/hand-in/", "print/", "hand-over/", "thanks/", "give-back/"):
            assert theirs.post(studio(f"{case.pk}/{path}")).status_code == 404, path

    def test_others_have_no_studio(self, who):
        assert client_for(who.team).get(studio()).status_code == 403
        assert client_for(who.officer).get(studio()).status_code == 403
        assert client_for().get(studio()).status_code == 302

    def test_a_case_given_to_another_is_gone(self, who):
        from branding.services import packaging

        case = packages.until(who, "working")
        packaging.take_back(case, by=who.officer, words="赶不上")
        assert client_for(who.designer).get(studio(f"{case.pk}/")).status_code == 404

    def test_the_sign_in_leads_a_designer_there(self, who):
        from django.test import RequestFactory

        from accounts.views.session import destination

        request = RequestFactory().get("/")
        request.session = {}
        assert destination(request, who.designer).endswith("/studio/")


class TestARound:
    def test_is_begun_filled_and_handed_in_over_the_pages(self, who):
        from branding.models import PackageRequest

        case = packages.until(who, "assigned")
        browser = client_for(who.designer)
        begun = browser.post(studio(f"{case.pk}/begin/"))
        assert begun.headers["Location"].endswith(f"/studio/{case.pk}/rounds/1/")
        sent = browser.post(studio(f"{case.pk}/rounds/1/files/"), {"file": [packages.png(), packages.pdf()]})
        assert sent.status_code == 302
        page = browser.get(studio(f"{case.pk}/rounds/1/")).content.decode()
        assert "front.png" in page
        assert "print.pdf" in page
        assert browser.post(studio(f"{case.pk}/rounds/1/hand-in/"), {"words": "第一稿"}).status_code == 302
        case = PackageRequest.objects.get(pk=case.pk)
        assert (case.state, case.rounds.get().words) == ("handed_in", "第一稿")

    def test_a_bad_file_is_named_and_the_good_one_stays(self, who):
        case = packages.until(who, "working")
        bad = packages.upload(b"<svg onload=alert(1)>", "mark.png", "image/png")
        answer = client_for(who.designer).post(studio(f"{case.pk}/rounds/1/files/"), {"file": [bad, packages.png()]})
        assert answer.status_code == 400
        assert "mark.png" in answer.content.decode()
        assert [one.name for one in case.rounds.get().files.all()] == ["front.png"]

    def test_nothing_chosen_is_said(self, who):
        case = packages.until(who, "working")
        answer = client_for(who.designer).post(studio(f"{case.pk}/rounds/1/files/"))
        assert answer.status_code == 400
        assert "先选一个文件" in answer.content.decode()

    def test_an_empty_one_is_not_handed_in_and_keeps_its_words(self, who):
        case = packages.until(who, "working")
        answer = client_for(who.designer).post(studio(f"{case.pk}/rounds/1/hand-in/"), {"words": "看看吧"})
        assert answer.status_code == 400
        assert "还没有效果图" in answer.content.decode()
        assert case.rounds.get().handed_in_at is None

    def test_a_file_may_go_before_and_not_after_it_is_handed_in(self, who):
        case = packages.until(who, "handed_in")
        file = case.rounds.get().files.get()
        answer = client_for(who.designer).post(studio(f"{case.pk}/rounds/1/files/{file.pk}/remove/"), follow=True)
        assert "已经交了" in answer.content.decode()
        file.refresh_from_db()
        assert file.removed_at is None


class TestRemarks:
    def asked_again(self, who):
        from branding.models import PackageRequest
        from branding.services import packaging

        case = packages.until(who, "handed_in")
        pin(who, case)
        packaging.ask_for_round(case, by=who.team)
        return PackageRequest.objects.get(pk=case.pk)

    def test_stand_numbered_on_the_picture_and_in_the_list_beside_it(self, who):
        case = self.asked_again(who)
        page = client_for(who.designer).get(studio(f"{case.pk}/rounds/1/")).content.decode()
        assert 'cx="25.0%" cy="40.0%"' in page
        assert 'id="pin-1-1"' in page
        assert "字再大一号" in page
        assert "pinboard.js" in page

    def test_are_answered_one_by_one_before_the_next_round(self, who):
        case = self.asked_again(who)
        browser = client_for(who.designer)
        browser.post(studio(f"{case.pk}/begin/"))
        browser.post(studio(f"{case.pk}/rounds/2/files/"), {"file": packages.png(colour="#335577")})
        refused = browser.post(studio(f"{case.pk}/rounds/2/hand-in/"))
        assert refused.status_code == 400
        assert "1 条意见没有答复" in refused.content.decode()
        silent = browser.post(studio(f"{case.pk}/rounds/1/pins/1/"), {"answer": " "}, follow=True)
        assert "怎么改的" in silent.content.decode()
        browser.post(studio(f"{case.pk}/rounds/1/pins/1/"), {"answer": "放大到 12 号"})
        assert browser.post(studio(f"{case.pk}/rounds/2/hand-in/")).status_code == 302
        said = client_for(who.designer).get(studio(f"{case.pk}/rounds/1/")).content.decode()
        assert "放大到 12 号" in said

    def test_of_a_round_the_village_has_not_seen_are_nowhere(self, who):
        case = packages.until(who, "working")
        assert client_for(who.designer).post(studio(f"{case.pk}/rounds/1/pins/1/")).status_code == 404


def test_two_rounds_lie_side_by_side(who):
    from branding.models import PackageRequest
    from branding.services import packaging

    case = packages.until(who, "handed_in")
    browser = client_for(who.designer)
    assert browser.get(studio(f"{case.pk}/compare/")).status_code == 404
    packaging.ask_for_round(case, by=who.team, words="再素净一点")
    packages.hand_in(who, PackageRequest.objects.get(pk=case.pk), colour="#335577")
    answer = browser.get(studio(f"{case.pk}/compare/"))
    assert (answer.context["left"].number, answer.context["right"].number) == (1, 2)
    answer = browser.get(studio(f"{case.pk}/compare/?left=2&right=nonsense"))
    assert (answer.context["left"].number, answer.context["right"].number) == (2, 2)


class TestDelivery:
    def test_a_print_file_is_laid_down_and_taken_back(self, who):
        case = packages.until(who, "chosen")
        browser = client_for(who.designer)
        browser.post(studio(f"{case.pk}/print/"), {"file": packages.pdf()})
        file = case.chosen.files.get(kind="print")
        assert "print.pdf" in browser.get(studio(f"{case.pk}/")).content.decode()
        browser.post(studio(f"{case.pk}/print/{file.pk}/remove/"))
        file.refresh_from_db()
        assert file.removed_at is not None

    def test_without_a_file_it_says_so(self, who):
        case = packages.until(who, "chosen")
        answer = client_for(who.designer).post(studio(f"{case.pk}/print/"), follow=True)
        assert "先选一个印刷文件" in answer.content.decode()

    def test_the_hand_over_needs_the_rights(self, who):
        from kernel import outbox

        case = packages.until(who, "signed_off")
        while outbox.relay_once():
            pass
        browser = client_for(who.designer)
        refused = browser.post(studio(f"{case.pk}/hand-over/"), follow=True)
        assert "勾上权利转让" in refused.content.decode()
        browser.post(studio(f"{case.pk}/hand-over/"), {"rights": "yes", "thanks": "yes"})
        case.refresh_from_db()
        assert case.handed_over_at is not None
        assert case.thanks_agreed_at is not None
        browser.post(studio(f"{case.pk}/thanks/"), {"agreed": "no"})
        case.refresh_from_db()
        assert case.thanks_agreed_at is None

    def test_a_designer_gives_it_back_with_a_reason(self, who):
        case = packages.until(who, "working")
        browser = client_for(who.designer)
        browser.post(studio(f"{case.pk}/give-back/"), {"words": ""})
        case.refresh_from_db()
        assert case.designer_id == who.designer.pk
        answer = browser.post(studio(f"{case.pk}/give-back/"), {"words": "手上的活排满了"})
        case.refresh_from_db()
        assert (case.designer_id, case.state) == (None, "request")
        assert answer.headers["Location"].endswith("/studio/")


def test_a_preview_is_drawn_once_by_the_worker(who, monkeypatch):
    from kernel import outbox, papers

    case = packages.until(who, "working")
    browser = client_for(who.designer)
    browser.post(studio(f"{case.pk}/rounds/1/files/"), {"file": packages.pdf()})
    while outbox.relay_once():
        pass
    monkeypatch.setattr(papers, "previewed", lambda *_args: pytest.fail("drawn twice"))
    paper_id = case.rounds.get().files.get().paper_id
    answer = browser.get(f"/desk/papers/{paper_id}/?preview=1")
    assert answer.status_code == 200
    assert answer.content.startswith(b"\x89PNG")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_draft_too_heavy_to_draw_is_said_and_breaks_nothing(who, monkeypatch):
    from kernel import outbox, papers

    def refuse(*_args):
        raise papers.BadPaper("太费劲，请另存一份。")

    case = packages.until(who, "working")
    monkeypatch.setattr(papers, "previewed", refuse)
    browser = client_for(who.designer)
    browser.post(studio(f"{case.pk}/rounds/1/files/"), {"file": packages.pdf()})
    while outbox.relay_once():
        pass
    paper_id = case.rounds.get().files.get().paper_id
    assert browser.get(f"/desk/papers/{paper_id}/?preview=1").status_code == 415
    assert browser.get(studio(f"{case.pk}/rounds/1/")).status_code == 200
