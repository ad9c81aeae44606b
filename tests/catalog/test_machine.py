"""The review road of a product: whatever people press in whatever order, nothing is skipped or lost."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from catalog.states import PRODUCT_MOVES
from tenants.scope import county_scope
from tests.catalog import goods
from tests.pressing import UNTIL_SEEN, Doors, open_items, those_who_see, walk

pytestmark = pytest.mark.django_db
PEOPLE = ("team", "mate", "editor", "manager", "coordinator")
BUTTONS = ("submit", "take-back", "publish", "return", "withdraw")


def test_by_the_table_alone_nothing_is_on_sale_that_was_not_handed_in():
    assert {state for state, moves in PRODUCT_MOVES.items() if "published" in moves} == {"submitted"}


class Shelf(Doors):
    county, village = None, None

    def begin(self):
        return goods.finished(self.county, self.village, by=self.cast["team"]).pk

    @property
    def row(self):
        from catalog.models import Product

        return Product.objects.get(pk=self.pk)

    @rule(name=st.sampled_from(PEOPLE), button=st.sampled_from(BUTTONS), note=st.sampled_from(["", "照片太暗"]))
    def any_button(self, name, button, note):
        self.post(name, f"/c/wuchang/desk/products/{self.pk}/{button}/", note=note)

    @rule(button=st.sampled_from(["publish", "return", "withdraw"]))
    def the_manager_decides(self, button):
        note = "" if button == "publish" else "照片太暗"  # who writes what is wrong with it is asked before it is sold
        self.post("manager", f"/c/wuchang/desk/products/{self.pk}/{button}/", note=note)

    @rule(words=st.sampled_from(["", goods.DESCRIPTION]))
    def typing(self, words):
        from catalog import services
        from kernel.errors import DomainError

        with county_scope(self.county):
            try:
                services.save_draft(self.row, by=self.person("team"), description=words)
            except DomainError:
                return

    @rule(name=st.sampled_from(["team", "mate", "editor"]))
    def handing_in(self, name):
        self.post(name, f"/c/wuchang/desk/products/{self.pk}/submit/")

    @rule()
    def whoever_has_it_leaves(self):
        self.close_whoever_has("product")

    @rule()
    def a_return(self):
        self.handing_in("team")
        self.post("manager", f"/c/wuchang/desk/products/{self.pk}/return/", note="再写一句")

    @rule(name=st.sampled_from(["team", "mate", "editor", "manager"]), really=st.booleans())
    def somebody_leaves(self, name, really):
        if really:
            self.close(name)

    @invariant()
    def every_step_stands_in_the_table_and_the_manager_s_are_the_manager_s(self):
        with county_scope(self.county):
            moves = list(self.row.history_moves.all())
        for move in moves:
            assert move.to_state in PRODUCT_MOVES[move.from_state]
            if move.to_state in {"published", "withdrawn"}:
                assert move.by_id == self.cast["manager"].pk

    @invariant()
    def only_what_is_whole_is_handed_in_and_only_what_was_passed_is_in_the_window(self):
        from catalog.rules import missing
        from search.models import Listing

        with county_scope(self.county):
            row = self.row
            if row.state in {"submitted", "published"}:
                assert missing(row) == {}
        listed = Listing.objects.filter(county_code=self.county.code, product_id=self.pk).exists()
        assert listed == (row.state == "published")

    @invariant()
    def whoever_must_act_has_it_on_their_list_and_nobody_else_has_anything(self):
        with county_scope(self.county):
            row = self.row
        returned = row.state == "draft" and row.remarks != {}
        waiting = [item.kind for item in open_items("product", self.pk)]
        assert waiting == {"submitted": ["product.review"], "draft": ["product.mend"] if returned else []}.get(
            row.state, []
        )
        for item in open_items("product", self.pk):
            assert those_who_see(item), (item.kind, item.role, item.person)


@pytest.fixture
def shelf(wuchang, village, team, editor, manager, coordinator):
    from tests.factories.people import give_role, make_user

    mate = give_role(make_user("钱队员"), "work_team", wuchang, villages=[village])

    class Here(Shelf):
        pass

    Here.county, Here.village = wuchang, village
    Here.cast = {"team": team, "mate": mate, "editor": editor, "manager": manager, "coordinator": coordinator}
    return Here


def test_nothing_is_skipped_or_lost_whatever_is_pressed(shelf):
    walk(shelf)


def test_an_unfinished_product_that_is_taken_in_would_be_seen(shelf, monkeypatch):
    """The mutant: what is missing is not asked."""
    from catalog.services import products

    monkeypatch.setattr(products, "_must_be_whole", lambda row: None)
    with pytest.raises(AssertionError):
        walk(shelf, examples=UNTIL_SEEN)


def test_work_left_with_one_who_has_gone_would_be_seen(shelf, monkeypatch):
    """The mutant: an account is closed and its open work stays where it was."""
    from kernel import inbox

    monkeypatch.setattr(inbox, "release", lambda *told, **more: 0)
    with pytest.raises(AssertionError):
        walk(shelf, examples=UNTIL_SEEN)
