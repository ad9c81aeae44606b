"""The pages that the sweeps leave undrawn: ours, and silent about what they refuse."""

import pytest

from tests.architecture.canary import CANARIES
from tests.architecture.test_doors import pytestmark  # noqa: F401  the same marks

GONE, NOT_YOURS = "这一页不在了", "这一步不归您办"
WHO = ("stranger", "shopper", "team", "manager", "coordinator")


@pytest.fixture
def drawn(world):
    world.knocker.draws_refusals = True
    return world


def test_nothing_here_looks_the_same_for_everybody_and_names_nobody(drawn):
    far = drawn.dongning.values
    tried = 0
    for path in (
        f"/c/wuchang/desk/products/{far['draft']}/",
        f"/c/wuchang/desk/producers/{far['producer']}/",
        f"/c/wuchang/p/{far['sold']}/",
        f"/c/dongning/desk/brands/{far['brand']}/",
        "/no-such-door/",
    ):
        for who in WHO:
            knock = drawn.knocker.knock(who, "get", path)
            if knock.verdict == "nothing":
                tried += 1
                assert GONE in knock.body, path
                assert [word for word in CANARIES if word in knock.body] == [], path
    assert tried > 12


def test_what_is_not_theirs_says_whom_to_ask_and_names_nobody(drawn):
    knock = drawn.knocker.knock("team", "post", f"/c/wuchang/desk/people/{drawn.wuchang.values['person']}/phone/")
    assert (knock.verdict, NOT_YOURS in knock.body) == ("forbidden", True)
    assert "19977776655" not in knock.body


def test_in_a_sweep_only_the_page_is_left_out(world):
    """The handlers themselves are asked as ever: who breaks them is noticed."""
    assert world.knocker.knock("team", "get", "/c/wuchang/no-such-door/").body == "404.html"
    assert world.knocker.knock("team", "get", "/c/wuchang/desk/products/").body == "403.html"
