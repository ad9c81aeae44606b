"""The state table of an endorsement: whatever people press in whatever order, nothing is skipped or lost."""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from campaigns.states import ENDORSEMENT_MOVES, EndorsementState
from tests.campaigns import words
from tests.pressing import UNTIL_SEEN, Doors, open_items, those_who_see, walk

pytestmark = pytest.mark.django_db
PEOPLE = ("team", "editor", "manager", "coordinator")
BUTTONS = ("submit", "drop", "approve", "return", "end")


def test_the_table_names_every_state_and_every_state_is_reached():
    assert set(ENDORSEMENT_MOVES) == set(EndorsementState.values)
    assert set().union(*ENDORSEMENT_MOVES.values()) | {"draft"} == set(EndorsementState.values)


def test_by_the_table_alone_nothing_stands_that_was_not_handed_in():
    into = {state for state, moves in ENDORSEMENT_MOVES.items() if "standing" in moves}
    assert into == {"submitted"}


class Wall(Doors):
    county, village, product = None, None, None
    days = 0
    author = "team"

    def begin(self):
        from campaigns import services

        self.days = 0
        drafted = services.propose_endorsement(
            self.county, words.person(self.village), words.word(), by=self.cast[self.author]
        )
        return drafted.pk

    @property
    def row(self):
        from campaigns.models import Endorsement

        return Endorsement.objects.select_related("endorser").get(pk=self.pk)

    @rule(name=st.sampled_from(PEOPLE), button=st.sampled_from(BUTTONS), note=st.sampled_from(["", "再写一句"]))
    def any_button(self, name, button, note):
        self.post(name, f"/c/wuchang/desk/endorsements/{self.pk}/{button}/", note=note)

    @rule(goods=st.booleans(), unpaid=st.sampled_from([True, True, False]), months=st.sampled_from([3, 7, 60]))
    def typing(self, goods, unpaid, months):
        from campaigns import services
        from kernel.errors import DomainError

        told = words.word(
            *([self.product.pk] if goods else []),
            unpaid=unpaid,
            ends_on=words.FIRST_DAY + timedelta(days=30 * months),
        )
        try:
            services.save_endorsement(
                self.row, self.county, words.person(self.village), told, by=self.person(self.author)
            )
        except DomainError:
            return

    @rule()
    def a_letter(self):
        words.letter(self.row.endorser, by=self.person("editor"))

    @rule()
    def the_honest_way(self):
        self.typing(goods=True, unpaid=True, months=3)
        self.a_letter()
        self.post("editor", f"/c/wuchang/desk/endorsements/{self.pk}/submit/")

    @rule(days=st.sampled_from([1, 40, 200]))
    def time_passes(self, days):
        from campaigns import services

        type(self).days = self.days = self.days + days
        services.end_due()

    @rule(name=st.sampled_from(["team", "editor", "manager"]))
    def handing_in(self, name):
        self.post(name, f"/c/wuchang/desk/endorsements/{self.pk}/submit/")

    @rule()
    def whoever_has_it_leaves(self):
        self.close_whoever_has("endorsement")

    @rule()
    def a_return(self):
        self.the_honest_way()
        self.post("manager", f"/c/wuchang/desk/endorsements/{self.pk}/return/", note="再写一句")

    @rule(name=st.sampled_from(["team", "editor", "manager"]), really=st.booleans())
    def somebody_leaves(self, name, really):
        if really:
            self.close(name)

    @invariant()
    def every_step_stands_in_the_table_and_the_manager_s_are_the_manager_s(self):
        for move in self.row.history_moves.all():
            assert move.to_state in ENDORSEMENT_MOVES[move.from_state]
            if move.to_state == "standing" or (move.from_state, move.to_state) == ("submitted", "draft"):
                assert move.by_id == self.cast["manager"].pk

    @invariant()
    def what_was_handed_in_has_its_evidence(self):
        from campaigns.rules import letter_of

        row = self.row
        if row.state in {"submitted", "standing", "ended"}:
            assert row.unpaid
            assert row.statement
            assert letter_of(row)
            assert row.products.exists()

    @invariant()
    def nothing_stands_longer_than_its_last_day(self):
        from kernel import clock

        row = self.row
        if row.state == "standing":
            assert row.approved_at
            assert row.last_day >= clock.today()

    @invariant()
    def whoever_must_act_has_it_on_their_list_and_nobody_else_has_anything(self):
        from campaigns import rules

        row = self.row
        waiting = open_items("endorsement", self.pk)
        kinds = {"submitted": ["endorsement.review"], "draft": ["endorsement.mend"] if row.is_returned else []}
        assert [item.kind for item in waiting] == kinds.get(row.state, [])
        for item in waiting:
            seeing = those_who_see(item)
            assert seeing, (item.kind, item.role, item.person)
            if any(self.person(name).is_active for name in ("editor", "manager")) and item.kind.endswith("mend"):
                assert any(rules.endorsements_of(user, "230184").filter(pk=self.pk) for user in seeing)


@pytest.fixture
def wall(wuchang, village, on_sale, team, editor, manager, coordinator, monkeypatch, today):
    from kernel import clock
    from tests.campaigns.conftest import NOON

    class Here(Wall):
        pass

    Here.county, Here.village, Here.product = wuchang, village, on_sale
    Here.cast = {"team": team, "editor": editor, "manager": manager, "coordinator": coordinator}
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(days=Here.days))
    begin = Here.begin

    def from_the_first_day(self):
        Here.days = 0
        return begin(self)

    Here.begin = from_the_first_day
    return Here


@pytest.mark.parametrize("author", ["team", "editor"])
def test_nothing_is_skipped_or_lost_whatever_is_pressed(wall, author):
    wall.author = author
    walk(wall)


def test_a_hand_in_that_is_not_looked_at_would_be_seen(wall, monkeypatch):
    """The mutant: what is missing is not asked."""
    from campaigns import services

    monkeypatch.setattr(services, "_must_be_whole", lambda row: None)
    with pytest.raises(AssertionError):
        walk(wall)


def test_work_left_with_one_who_has_gone_would_be_seen(wall, monkeypatch):
    """The mutant: an account is closed and its open work stays where it was."""
    from kernel import inbox

    monkeypatch.setattr(inbox, "release", lambda *told, **more: 0)
    with pytest.raises(AssertionError):
        walk(wall, examples=UNTIL_SEEN)
