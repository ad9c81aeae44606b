"""Any history of documents, good and bad: no path skips one, no clock is lost, no refusal leaves a trace."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.branding import roads
from tests.branding.paper import jpeg, pdf
from tests.pressing import UNTIL_SEEN, walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted_papers", "nothing_found")]
START = date(2026, 1, 5)
ENDS = {"withdrawn", "lapsed"}


def trace(brand):
    """Everything a refusal must leave alone."""
    from branding.case_rules import obj_of
    from branding.models import Brand
    from kernel import deadlines
    from kernel.models import Paper

    row = Brand.objects.filter(pk=brand.pk).values().get()
    notices = sorted(brand.notices.values_list("pk", flat=True))
    clocks = sorted(deadlines.of(obj_of(brand), brand.county_code).values_list("pk", "code", "due", "stopped_at"))
    papers = sorted(map(str, Paper.objects.filter(object_id=str(brand.pk)).values_list("pk", flat=True)))
    return row, notices, clocks, papers, brand.history_moves.count(), brand.answers.count()


class Road(RuleBasedStateMachine):
    """One case; the officer tries any document on any day, the village answers, time goes on."""

    world = None

    @initialize()
    def open_and_prepare(self):
        self.today = START
        self.brand = self.world(self)
        self.documents = 0

    @rule(days=st.sampled_from([1, 13, 14, 40, 100, 400]))
    def time_goes_on(self, days):
        self.today += timedelta(days=days)

    @rule(
        code=st.sampled_from(
            [
                "filing", "correction", "correction_answer", "acceptance", "not_accepted", "examining", "opinion",
                "opinion_answer", "publication", "refusal", "review", "review_lost", "no_review", "opposition",
                "opposition_answer", "opposition_lost", "certificate", "use", "renewal", "cancelled", "withdrawal",
                "surrender",
            ]
        ),
        back=st.sampled_from([0, 0, 0, 0, 1, 30, -1]),
    )  # fmt: skip
    def any_document(self, code, back):
        self.enter(code, self.today - timedelta(days=back))

    @rule(choice=st.integers(0, 9))
    def a_document_that_fits(self, choice):
        from branding.notice_kinds import kinds_from

        kinds = [
            kind for kind in kinds_from(self.brand.state) if kind.code not in {"withdrawal", "surrender", "cancelled"}
        ]
        if kinds:
            self.enter(kinds[choice % len(kinds)].code, self.today)

    @precondition(lambda self: self.brand.notices.exists())
    @rule()
    def the_last_notice_again(self):
        from branding.errors import EnteredAlready
        from branding.notice_kinds import NOTICE_KINDS

        last = self.brand.notices.order_by("-pk").first()
        if not NOTICE_KINDS[last.kind].official:
            return
        before = trace(self.brand)
        with pytest.raises(EnteredAlready):
            roads.enter(self.brand, last.kind, by=self.officer, dated=last.dated, number=last.number)
        assert trace(self.brand) == before

    @rule()
    def the_village_answers(self):
        from branding.services import answers
        from kernel.errors import DomainError

        before = trace(self.brand)
        try:
            answers.answer_question(self.brand, by=self.team, text="改好了", upload=jpeg("answer.jpg"))
        except DomainError as refusal:
            self.was_refused(refusal, before)

    def was_refused(self, refusal, before):
        assert str(refusal)
        assert trace(self.brand) == before

    def enter(self, code, dated):
        from branding.notice_kinds import NOTICE_KINDS
        from branding.states import BRAND_MOVES
        from kernel.errors import DomainError

        before, here = trace(self.brand), self.brand.state
        if NOTICE_KINDS[code].code == "publication":
            dated = max(
                (day for day in (dated.replace(day=one) for one in (6, 13, 20, 27)) if day <= dated), default=dated
            )
        try:
            self.brand = roads.enter(self.brand, code, by=self.officer, dated=dated, upload=pdf())
        except DomainError as refusal:
            self.was_refused(refusal, before)
            return
        self.documents += 1
        assert self.brand.state == NOTICE_KINDS[code].moves[here]
        assert self.brand.state == here or self.brand.state in BRAND_MOVES[here]

    @invariant()
    def every_move_after_the_preparation_has_its_document_and_actor(self):
        moves = list(self.brand.history_moves.order_by("pk"))
        assert all(move.by_id for move in moves)
        papers = [
            (one.from_state, one.to_state)
            for one in self.brand.notices.order_by("pk")
            if one.from_state != one.to_state or one.kind == "renewal"
        ]
        assert [(one.from_state, one.to_state) for one in moves][2:] == papers
        assert all(one.paper_id and one.dated <= self.today for one in self.brand.notices.all())

    @invariant()
    def documents_stand_in_the_order_of_their_days(self):
        days = list(self.brand.notices.order_by("pk").values_list("dated", flat=True))
        assert days == sorted(days)

    @invariant()
    def no_clock_is_lost_and_none_outlives_its_case(self):
        from branding.notice_kinds import WAITING
        from branding.services import clocks

        running = {one.code for one in clocks.running(self.brand)}
        if self.brand.state in ENDS:
            assert running == set()
        else:
            assert running & WAITING[self.brand.state], (self.brand.state, running)
        if self.brand.state in {"registered", "renewed"}:
            assert {"brand.renewal", "brand.grace", "brand.use"} <= running

    @invariant()
    def an_open_question_has_its_clock(self):
        from branding.services import clocks, notices

        asked = notices.open_question(self.brand)
        if asked is not None:
            owners = {clocks.SPANS[one.code].owner for one in clocks.running(self.brand)}
            assert clocks.VILLAGE in owners, (asked.kind, self.brand.state)

    @invariant()
    def the_lists_hold_an_answer_exactly_while_one_is_asked(self):
        from branding.services import answers, notices
        from kernel.models import InboxItem

        waiting = InboxItem.objects.filter(object_kind="brand", object_id=str(self.brand.pk), done_at__isnull=True)
        items = list(waiting.filter(kind__in=("brand.answer", "brand.send")).values_list("kind", "due"))
        if notices.open_question(self.brand) is None:
            assert items == [], (self.brand.state, items)
        else:
            kind = "brand.send" if answers.waiting_answer(self.brand) else "brand.answer"
            assert items == [(kind, notices.due_of_question(self.brand))], (self.brand.state, items)

    @invariant()
    def the_r_stands_only_behind_a_certificate(self):
        from branding.rules import mark_for

        certified = self.brand.notices.filter(kind="certificate").exists()
        for nice_class in (29, 30):
            if mark_for(self.brand, nice_class, self.today) == "®":
                assert certified
                assert nice_class == 30

    @invariant()
    def the_plain_line_is_always_a_sentence(self):
        from branding.case_ladder import ladder_of
        from branding.case_story import line_of

        line = line_of(self.brand)
        assert line.whole.endswith("。")
        assert "%(" not in line.whole
        assert ladder_of(self.brand)


@pytest.fixture
def machine(wuchang, village, team, officer, monkeypatch):
    """The road with its case and its people, each history rolled back."""
    from django.db import transaction

    from branding.models import Brand
    from branding.services import cases
    from kernel import clock
    from kernel.clock import SHANGHAI

    class Undone(Road):
        def __init__(self):
            super().__init__()
            self.team, self.officer, self.today = team, officer, START
            monkeypatch.setattr(
                clock, "now", lambda: datetime.combine(self.today, datetime.min.time(), SHANGHAI) + timedelta(hours=9)
            )
            self.scope = transaction.atomic()
            self.scope.__enter__()

        def teardown(self):
            transaction.set_rollback(True)
            self.scope.__exit__(None, None, None)

    def begin(machine):
        brand = roads.draft(wuchang, village, by=team)
        return Brand.objects.get(pk=roads.prepare(cases.submit_case(brand, by=team), by=officer).pk)

    Undone.world = staticmethod(begin)
    return Undone


def test_any_history_of_documents_keeps_the_table(machine):
    """The machine's own rules and invariants assert."""
    walk(machine, examples=15, steps=20)


def test_a_clock_that_is_not_started_would_be_seen(machine, monkeypatch):
    """The mutant: documents still move the case, their clocks do not start."""
    from branding.services import clocks, notices

    monkeypatch.setattr(notices, "_turn_clocks", lambda *told: None)
    assert clocks.SPANS
    with pytest.raises(AssertionError):
        walk(machine, examples=UNTIL_SEEN, steps=20)


def test_a_skipped_document_would_be_seen(machine, monkeypatch):
    """The mutant: nobody looks at where the case stands."""
    from branding import notice_rules
    from branding.models import Brand

    monkeypatch.setattr(notice_rules, "must_fit", lambda brand, kind: None)
    monkeypatch.setattr(Brand, "can_move", lambda self, to: True)
    with pytest.raises((AssertionError, KeyError)):
        walk(machine, examples=UNTIL_SEEN, steps=20)


def test_a_question_left_on_the_lists_would_be_seen(machine, monkeypatch):
    """The mutant: only the answer itself takes a question off the lists."""
    from branding.services import desk

    monkeypatch.setattr(desk, "nothing_asked", lambda brand, by: None)
    with pytest.raises(AssertionError):
        walk(machine, examples=UNTIL_SEEN, steps=20)
