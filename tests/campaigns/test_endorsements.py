"""From a draft to the wall and down again: what each step needs, and what the calendar does."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.campaigns import words

pytestmark = pytest.mark.django_db


def on_the_wall():
    from campaigns import selectors

    return [face.endorser.name for face in selectors.faces(selectors.people_on_the_wall())]


def behind(product):
    from campaigns import selectors

    return [one.endorser.name for one in selectors.of_product("230184", product.pk)]


class TestTheStateTable:
    def test_reaches_every_state_and_only_knows_them(self):
        from campaigns.states import ENDORSEMENT_MOVES, EndorsementState

        assert set(ENDORSEMENT_MOVES) == set(EndorsementState.values)
        assert set().union(*ENDORSEMENT_MOVES.values()) == set(EndorsementState.values)

    @given(
        steps=st.lists(st.sampled_from(["draft", "submitted", "standing", "ended", "dropped"]), min_size=1, max_size=8)
    )
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def test_decides_every_step_and_history_tells_only_what_happened(self, draft, steps):
        from django.db import transaction

        from campaigns.models import Endorsement
        from campaigns.states import ENDORSEMENT_MOVES
        from kernel.errors import IllegalMove

        with transaction.atomic():
            row, stands, walked = Endorsement.objects.get(pk=draft.pk), "draft", []
            for to in steps:
                if to in ENDORSEMENT_MOVES[stands]:
                    row.move(to)
                    walked.insert(0, (stands, to))
                    stands = to
                else:
                    with pytest.raises(IllegalMove):
                        row.move(to)
                assert Endorsement.objects.get(pk=row.pk).state == stands
            assert list(row.history_moves.values_list("from_state", "to_state")) == walked
            transaction.set_rollback(True)


class TestHandingIn:
    def test_a_bare_draft_is_told_everything_it_lacks(self, wuchang, village, editor):
        from campaigns import services
        from campaigns.errors import Unfinished

        bare = services.propose_endorsement(
            wuchang, words.person(village), words.word(statement=" ", unpaid=False), by=editor
        )
        before = words.facts(bare)
        with pytest.raises(Unfinished) as refusal:
            services.submit_endorsement(bare, by=editor)
        assert set(refusal.value.facts["missing"]) == {"statement", "products", "letter", "unpaid"}
        assert words.facts(bare) == before

    @pytest.mark.parametrize(
        ("days", "lacks"),
        [
            ({"starts_on": date(2025, 5, 31), "ends_on": date(2027, 5, 1)}, "term"),
            ({"ends_on": date(2027, 7, 1)}, "term"),
            ({"starts_on": date(2025, 6, 1), "ends_on": date(2026, 11, 21)}, "over"),
            ({"starts_on": date(2025, 6, 1), "ends_on": date(2027, 6, 30)}, "length"),
        ],
    )
    def test_the_days_must_lie_within_the_term_and_ahead(self, wuchang, village, on_sale, editor, days, lacks):
        from campaigns import services
        from campaigns.errors import Unfinished

        wrong = words.proposed(wuchang, village, on_sale, by=editor, **days)
        with pytest.raises(Unfinished) as refusal:
            services.submit_endorsement(wrong, by=editor)
        assert set(refusal.value.facts["missing"]) == {lacks}

    def test_goods_that_were_withdrawn_meanwhile_stop_it_also_at_the_approval(self, wuchang, waiting, on_sale, manager):
        from campaigns import services
        from campaigns.errors import Unfinished
        from catalog.services import withdraw_product
        from tenants.scope import county_scope

        with county_scope(wuchang):
            withdraw_product(on_sale, by=manager, note="卖完了")
        before = words.facts(waiting)
        with pytest.raises(Unfinished):
            services.approve_endorsement(waiting, by=manager)
        assert words.facts(waiting) == before

    def test_another_countys_goods_and_villages_cannot_be_named(self, wuchang, dongning, village, on_sale, editor):
        from campaigns import services
        from campaigns.errors import Unfinished
        from campaigns.models import Endorsement
        from tenants.services import add_village

        foreign = add_village(dongning, "三岔口镇", "东星村")
        with pytest.raises(Unfinished):
            services.propose_endorsement(wuchang, words.person(foreign), words.word(on_sale.pk), by=editor)
        with pytest.raises(Unfinished):
            services.propose_endorsement(wuchang, words.person(village), words.word(on_sale.pk + 1), by=editor)
        assert not Endorsement.objects.exists()

    def test_what_waits_or_stands_is_not_edited(self, wuchang, village, on_sale, waiting, editor):
        from campaigns import services
        from campaigns.errors import Locked

        before = words.facts(waiting)
        with pytest.raises(Locked):
            services.save_endorsement(
                waiting, wuchang, words.person(village), words.word(on_sale.pk, statement="换一句"), by=editor
            )
        assert words.facts(waiting) == before


class TestTheManager:
    def test_finds_it_in_the_inbox_and_puts_it_on_the_wall(self, waiting, on_sale, manager):
        from campaigns import services
        from kernel.models import InboxItem

        assert InboxItem.objects.get(kind="endorsement.review").role == "county_manager"
        assert on_the_wall() == []
        services.approve_endorsement(waiting, by=manager)
        assert on_the_wall() == behind(on_sale) == ["赵明远"]
        assert not InboxItem.objects.filter(done_at__isnull=True, kind__startswith="endorsement").exists()

    def test_keeps_what_the_word_was_given_for(self, standing, on_sale):
        kept = standing.products.get().snapshot
        assert (kept["title"], kept["price_fen"], kept["on"]) == ("稻花香大米", 6800, "2026-11-22")

    def test_sends_back_with_a_note_that_the_county_reads(self, waiting, manager, editor):
        from campaigns import services
        from kernel.errors import NoteMissing
        from kernel.models import InboxItem

        before = words.facts(waiting)
        with pytest.raises(NoteMissing):
            services.return_endorsement(waiting, by=manager, note="  ")
        assert words.facts(waiting) == before
        back = services.return_endorsement(waiting, by=manager, note="任期和文件对不上")
        assert back.is_returned
        item = InboxItem.objects.get(kind="endorsement.mend", done_at__isnull=True)
        assert (item.person, item.returned_by) == (editor, manager)
        services.submit_endorsement(back, by=editor)
        assert not InboxItem.objects.filter(kind="endorsement.mend", done_at__isnull=True).exists()

    def test_does_not_approve_what_was_changed_while_it_was_read(
        self, wuchang, waiting, village, on_sale, manager, editor, today
    ):
        from campaigns import services
        from campaigns.errors import ChangedMeanwhile

        seen = waiting.submitted_at
        today(minutes=5)
        services.return_endorsement(waiting, by=manager, note="改一下")
        services.save_endorsement(
            waiting, wuchang, words.person(village), words.word(on_sale.pk, statement="另一句"), by=editor
        )
        services.submit_endorsement(waiting, by=editor)
        before = words.facts(waiting)
        with pytest.raises(ChangedMeanwhile):
            services.approve_endorsement(waiting, by=manager, seen=seen)
        assert words.facts(waiting) == before

    def test_takes_it_down_only_with_a_reason(self, standing, on_sale, coordinator):
        from campaigns import services
        from kernel.errors import NoteMissing

        with pytest.raises(NoteMissing):
            services.end_endorsement(standing, by=coordinator, note="")
        assert behind(on_sale) == ["赵明远"]
        services.end_endorsement(standing, by=coordinator, note="有人反映收了报酬，先撤下再查")
        assert behind(on_sale) == on_the_wall() == []


class TestTheCalendar:
    def test_shows_it_from_its_first_day_on(self, wuchang, village, on_sale, manager, today):
        words.standing(wuchang, village, on_sale, by=manager, starts_on=date(2026, 12, 1))
        assert on_the_wall() == []
        today(days=8)  # 30 November
        assert on_the_wall() == []
        today(days=9)
        assert on_the_wall() == ["赵明远"]

    def test_ends_it_by_itself_the_morning_after_its_last_day(self, wuchang, village, on_sale, manager, today):
        from kernel import outbox

        row = words.standing(wuchang, village, on_sale, by=manager, ends_on=date(2026, 11, 30))
        today(days=8, hours=11, minutes=59, seconds=59)  # 23:59:59 on the 30th
        run_outbox(outbox)
        assert on_the_wall() == ["赵明远"]
        today(days=8, hours=12)
        assert on_the_wall() == behind(on_sale) == []  # the dates decide before anybody has swept
        run_outbox(outbox)
        row.refresh_from_db()
        assert (row.state, row.ended_why) == ("ended", "date")

    def test_ends_it_with_the_office_although_it_was_promised_for_longer(self, standing, on_sale, manager, today):
        from campaigns import services
        from kernel import outbox

        services.change_term(standing.endorser, until=date(2026, 11, 25), by=manager, note="提前回原单位")
        assert behind(on_sale) == ["赵明远"]
        today(days=4)
        assert behind(on_sale) == []
        run_outbox(outbox)
        standing.refresh_from_db()
        assert (standing.state, standing.ended_why) == ("ended", "term")

    def test_ends_all_of_a_person_at_once_who_has_left_already(self, wuchang, village, on_sale, standing, manager):
        from campaigns import services

        second = words.standing(wuchang, village, on_sale, by=manager, statement="再说一句。")
        services.change_term(standing.endorser, until=date(2026, 11, 20), by=manager, note="已经调走")
        for row in (standing, second):
            row.refresh_from_db()
            assert (row.state, row.ended_why) == ("ended", "term")

    def test_is_swept_each_minute_where_the_outbox_row_was_given_up(self, standing, today):
        from campaigns.tasks import end_due
        from kernel.models import OutboxRow

        OutboxRow.objects.all().delete()
        assert end_due() == 0
        today(days=300)
        assert end_due() == 1
        assert end_due() == 0
        standing.refresh_from_db()
        assert standing.state == "ended"

    def test_the_same_turn_twice_ends_it_once(self, standing, today):
        from campaigns import services

        today(days=300)
        services.turn_endorsement(standing)
        services.turn_endorsement(standing)
        assert list(standing.history_moves.values_list("to_state", flat=True)).count("ended") == 1

    def test_a_longer_term_lets_a_word_go_on(self, standing, on_sale, manager, today):
        from campaigns import services
        from kernel import outbox

        services.change_term(standing.endorser, until=date(2026, 11, 25), by=manager, note="提前走")
        services.change_term(standing.endorser, until=date(2027, 12, 31), by=manager, note="又留任了")
        today(days=4)
        run_outbox(outbox)
        assert behind(on_sale) == ["赵明远"]


def run_outbox(outbox):
    while outbox.relay_once():
        pass


class TestTheWall:
    def test_shows_nobody_whose_goods_are_all_gone(self, wuchang, standing, on_sale, manager):
        from catalog.services import withdraw_product
        from tenants.scope import county_scope

        assert on_the_wall() == ["赵明远"]
        with county_scope(wuchang):
            withdraw_product(on_sale, by=manager, note="卖完了")
        assert on_the_wall() == []

    def test_shows_nobody_of_a_suspended_county(self, wuchang, standing, coordinator):
        from tenants.services import suspend_county

        suspend_county(wuchang, by=coordinator, notice="整顿三天")
        assert on_the_wall() == []

    def test_shows_a_person_once_with_the_newest_word(self, wuchang, village, on_sale, standing, manager, client):
        words.standing(
            wuchang, village, on_sale, by=manager, starts_on=date(2026, 11, 22), statement="今年的新米也好。"
        )
        page = client.get("/endorsements/").content.decode()
        assert page.count("<blockquote") == 1
        assert "今年的新米也好。" in page

    def test_costs_the_same_however_many_there_are(self, wuchang, village, on_sale, standing, manager, client):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        counts = []
        for names in ((), ("钱二", "孙三", "李四", "周五", "吴六")):
            for name in names:
                words.standing(wuchang, village, on_sale, by=manager, who=words.person(village, name=name))
            with CaptureQueriesContext(connection) as asked:
                page = client.get("/endorsements/").content.decode()
            counts.append((page.count("<blockquote"), len(asked)))
        assert counts[0][0] == 1
        assert counts[1] == (6, counts[0][1])

    @pytest.mark.parametrize("county", ["", "231086", "x", "999999", "²", "230184'--"])
    def test_takes_any_county_for_an_answer(self, standing, client, county):
        assert client.get("/endorsements/", {"county": county, "page": "x"}).status_code == 200

    def test_stands_on_the_product_the_home_page_and_the_pavilion(self, wuchang, standing, on_sale, client):
        for address in (f"/c/wuchang/p/{on_sale.pk}/", "/", "/c/wuchang/", "/endorsements/"):
            page = client.get(address).content.decode()
            assert "我家吃的就是这一袋" in page, address
            assert "代言不取报酬" in page, address


def test_a_surname_of_two_hanzi_stands_whole():
    from campaigns.models import Endorser

    assert [Endorser(name=name).surname for name in ("欧阳静", "赵明远", "于")] == ["欧阳", "赵", "于"]


def test_the_term_of_somebody_who_stands_is_not_changed_by_the_way(wuchang, village, on_sale, standing, editor):
    from campaigns import services
    from campaigns.errors import TermElsewhere

    longer = words.person(village, term=(date(2025, 6, 1), date(2029, 6, 30)))
    before = words.facts(standing)
    with pytest.raises(TermElsewhere):
        services.propose_endorsement(wuchang, longer, words.word(on_sale.pk), by=editor)
    assert words.facts(standing) == before
