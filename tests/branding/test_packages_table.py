"""The state table of a package: whatever people press in whatever order, nothing is skipped or lost."""

import os
from copy import copy
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from branding.packaging_states import PACKAGE_MOVES, UNDER_WAY, PackageState
from kernel import clock
from kernel.errors import DomainError
from tests.branding import packages
from tests.factories.people import give_role, make_user
from tests.pressing import UNTIL_SEEN, close_account, open_items, those_who_see

PEOPLE = ("team", "mate", "officer", "designer", "supervisor", "owner", "manager", "coordinator")
LEAVERS = PEOPLE[:-1]  # somebody has to close the accounts
anybody = st.sampled_from(PEOPLE)
EXAMPLES = int(os.environ.get("JIETI_EXAMPLES", "15"))
SIGNED = {"signed_off", "delivered"}
FROZEN = SIGNED | {"compliance"}


def test_the_table_names_every_state_and_every_state_is_reached():
    assert set(PACKAGE_MOVES) == set(PackageState.values)
    assert set().union(*PACKAGE_MOVES.values()) | {"draft"} == set(PackageState.values)


def test_by_the_table_alone_nothing_is_delivered_without_check_and_names():
    """Take one state out: if the end can still be reached, something can be skipped."""
    for state in (*UNDER_WAY,):
        reached, frontier = {"draft"}, ["draft"]
        while frontier:
            for to in PACKAGE_MOVES[frontier.pop()]:
                if to != state and to not in reached:
                    reached.add(to)
                    frontier.append(to)
        assert "delivered" not in reached, state


def test_the_constraint_of_the_table_is_the_states_between_request_and_delivery():
    assert set(UNDER_WAY) == set(PackageState.values) - {"draft", "delivered"}


class Pressing(RuleBasedStateMachine):
    """People press whatever button there is. A refusal is fine; a wrong state of affairs is not."""

    who: packages.Cast

    def __init__(self):
        super().__init__()
        from django.db import transaction

        self.around = transaction.atomic()
        self.around.__enter__()
        self.pk = packages.filled(self.who).pk

    def teardown(self):
        from django.db import transaction

        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    @property
    def case(self):
        from branding.models import PackageRequest

        return PackageRequest.objects.get(pk=self.pk)

    def one(self, name):
        """As they stand now: somebody may have closed their account."""
        return type(self.who.team).objects.get(pk=getattr(self.who, name).pk)

    def as_they_stand(self):
        cast = copy(self.who)
        for name in PEOPLE:
            setattr(cast, name, self.one(name))
        return cast

    def press(self, verb, *arguments, by, **more):
        from django.db import transaction

        from branding.services import packaging

        before = self.case.state
        try:
            with transaction.atomic():
                getattr(packaging, verb)(*arguments, by=by, **more)
        except DomainError:
            assert self.case.state == before, f"{verb} was refused and moved it"

    @rule(name=anybody, verb=st.sampled_from(["submit_package", "begin_round", "accept_package"]))
    def plainly(self, name, verb):
        self.press(verb, self.case, by=self.one(name))

    @rule(
        name=anybody,
        verb=st.sampled_from(
            ["return_package", "take_back", "ask_for_round", "reopen_design", "object_to"],
        ),
        words=st.sampled_from(["", "改一改"]),
    )
    def with_words(self, name, verb, words):
        self.press(verb, self.case, by=self.one(name), words=words)

    @rule(name=anybody, chosen=anybody)
    def given_to(self, name, chosen):
        self.press("assign_designer", self.case, self.one(chosen), by=self.one(name))

    @rule(name=anybody, owner=anybody)
    def an_owner(self, name, owner):
        self.press("name_owner", self.case, self.one(owner), by=self.one(name))

    @rule(name=st.sampled_from(LEAVERS), really=st.booleans())
    def somebody_leaves(self, name, really):
        if really:
            close_account(self.one(name), by=self.one("coordinator"))

    @rule(really=st.booleans())
    def whoever_has_it_leaves(self, really):
        for item in open_items("package", self.pk) if really else ():
            close_account(item.person, by=self.one("coordinator"))

    @rule(steps=st.integers(1, 4))
    def go_on_honestly(self, steps):
        """The next steps by those whose steps they are, so that every state is visited often."""
        for _step in range(steps):
            case = self.case
            if case.is_withdrawn or case.state == "delivered":
                return
            try:
                packages.NEXT[case.state](self.as_they_stand(), case)
            except DomainError:
                return

    @rule(name=anybody, handed_in=st.booleans())
    def a_round(self, name, handed_in):
        round_ = self.case.rounds.filter(handed_in_at__isnull=True).first()
        if round_ is None:
            self.press("begin_round", self.case, by=self.one(name))
            round_ = self.case.rounds.filter(handed_in_at__isnull=True).first()
        if round_ is None:
            return
        self.press("add_round_file", round_, packages.some_bytes("稿.png"), by=self.one(name))
        if handed_in:
            self.press("hand_in_round", round_, by=self.one(name))

    @rule(name=anybody)
    def a_pin(self, name):
        from branding.packaging_rules import latest_round

        round_ = latest_round(self.case)
        if round_:
            self.press("pin_remark", round_, round_.files.first().pk, 5, 5, "字大一点", by=self.one(name))

    @rule(name=anybody)
    def an_answer(self, name):
        from branding.models import Pin

        pin = Pin.objects.filter(round__request=self.pk, resolved_at__isnull=True).first()
        if pin:
            self.press("resolve_pin", pin, by=self.one(name), answer="改了")

    @rule(name=anybody, data=st.data())
    def a_choice(self, name, data):
        rounds = list(self.case.rounds.all())
        if rounds:
            self.press("choose_round", self.case, data.draw(st.sampled_from(rounds)), by=self.one(name))

    @rule(name=anybody)
    def a_print_file(self, name):
        self.press("add_print_file", self.case, packages.some_bytes("印.pdf"), by=self.one(name))

    @rule(name=anybody)
    def a_print_file_taken_back(self, name):
        from branding.models import RoundFile

        file = RoundFile.objects.filter(round__request=self.pk, kind="print", removed_at__isnull=True).first()
        if file:
            self.press("remove_print_file", file, by=self.one(name))

    @rule(name=anybody, passed=st.booleans())
    def a_check(self, name, passed):
        self.press(
            "record_compliance",
            self.case,
            by=self.one(name),
            passed=passed,
            printed_on=clock.today() + timedelta(days=60),
            facts={},
            findings=[],
        )

    @rule(name=anybody, side=st.sampled_from(["village", "supervision", "owner"]), honest=st.booleans())
    def a_name(self, name, side, honest):
        seen = self.case.frozen_sha256 if honest else "0" * 64
        self.press("sign_off", self.case, side, by=self.one(name), seen=seen)

    @precondition(lambda self: self.case.state == "compliance")
    @rule()
    def every_name(self):
        self.press("name_owner", self.case, self.one("owner"), by=self.one("team"))
        for side, name in (("village", "team"), ("supervision", "supervisor"), ("owner", "owner")):
            self.press("sign_off", self.case, side, by=self.one(name), seen=self.case.frozen_sha256)

    @rule(name=anybody)
    def a_refusal(self, name):
        self.press("refuse_sign", self.case, "supervision", by=self.one(name), words="没有日期")

    @rule(name=anybody, rights=st.booleans())
    def a_hand_over(self, name, rights):
        from kernel import outbox

        while outbox.relay_once():
            pass
        self.press("hand_over", self.case, by=self.one(name), rights=rights)

    @rule()
    def silence(self):
        from branding.services import packaging

        packaging.release_silent()

    @rule(name=anybody, really=st.integers(0, 9))
    def giving_up(self, name, really):
        if really == 9:
            self.press("withdraw_package", self.case, by=self.one(name), words="不做了")

    @invariant()
    def every_step_stands_in_the_table(self):
        for move in self.case.history_moves.all():
            assert move.to_state in PACKAGE_MOVES[move.from_state]

    @invariant()
    def frozen_means_checked_and_unchanged(self):
        from branding.packaging_rules import files_sha256, passed_run

        case = self.case
        assert (case.frozen_sha256 != "") == (case.state in FROZEN)
        if case.state in FROZEN:
            assert files_sha256(case.chosen) == case.frozen_sha256
            assert passed_run(case) is not None

    @invariant()
    def names_stand_only_under_these_files_and_three_are_three_people(self):
        case = self.case
        standing = list(case.sign_offs.filter(void_at__isnull=True))
        assert all(one.files_sha256 == case.frozen_sha256 for one in standing)
        assert len({one.by_id for one in standing}) == len(standing)
        if case.state in SIGNED:
            assert {one.side for one in standing} == {"village", "supervision", "owner"}
        if case.state not in FROZEN:
            assert standing == []

    @invariant()
    def delivered_means_handed_over_with_the_pack_of_these_files(self):
        case = self.case
        packs = case.packs.filter(void_at__isnull=True)
        assert all(pack.files_sha256 == case.frozen_sha256 for pack in packs)
        if case.state == "delivered":
            assert case.handed_over_at is not None
            assert packs.count() == 1

    @invariant()
    def whoever_must_act_knows_and_a_clock_runs(self):
        from kernel.models import Deadline, InboxItem

        case = self.case
        items = InboxItem.objects.filter(object_id=str(case.pk), object_kind="package", done_at__isnull=True)
        clocks = Deadline.objects.filter(object_id=str(case.pk), object_kind="package", stopped_at__isnull=True)
        if case.is_withdrawn:
            assert (items.count(), clocks.count()) == (0, 0)
        elif case.state in UNDER_WAY:
            assert items.exists(), case.state
            assert clocks.count() == 1, (case.state, [one.code for one in clocks])
        elif case.is_returned:
            assert [one.kind for one in items] == ["packaging.mend"]
        for item in items:
            assert those_who_see(item), (item.kind, item.role, item.person)


def walk(who, coordinator, monkeypatch, examples=EXAMPLES):
    from branding import print_pack
    from kernel import papers

    # What a file is, and how the sheet looks, have their own tests.
    monkeypatch.setattr(papers, "inspected", packages.taken_at_its_word)
    monkeypatch.setattr(print_pack, "sheet", lambda case: b"%PDF-1.7")
    who.mate = give_role(make_user("钱队员"), "work_team", who.county, villages=[who.village])
    who.coordinator = coordinator
    Pressing.who = who
    run_state_machine_as_test(
        Pressing,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking presses for minutes
        ),
    )


@pytest.mark.django_db
@pytest.mark.slow
def test_nothing_is_skipped_or_lost_whatever_is_pressed(who, coordinator, monkeypatch):
    walk(who, coordinator, monkeypatch)


@pytest.mark.django_db
@pytest.mark.slow
def test_work_left_with_one_who_has_gone_would_be_seen(who, coordinator, monkeypatch):
    """The mutant: an account is closed and its open work stays where it was."""
    from kernel import inbox

    monkeypatch.setattr(inbox, "release", lambda *told, **more: 0)
    with pytest.raises(AssertionError):
        walk(who, coordinator, monkeypatch, examples=UNTIL_SEEN)
