"""S4: a zero byte in an address's question breaks no page, whoever asks and whatever the question's name."""

from tests.architecture.addresses import COUNTY, PROVINCE
from tests.architecture.filling import path_of
from tests.architecture.sweep import MAY_SAY_5XX
from tests.architecture.test_doors import asked, listed, pytestmark  # noqa: F401  the same marks

NAMES = (
    "q",
    "county",
    "page",
    "kind",
    "month",
    "who",
    "role",
    "state",
    "action",
    "category",
    "after",
    "person",
    "sort",
)
QUESTION = "&".join(f"{name}=%00" for name in NAMES) + "&q=%E7%B1%B3%00"


def broken(world):
    paths = [path_of(address, world.province) for address in listed(PROVINCE).values()]
    paths += [path for _route, path in asked(COUNTY, world.wuchang)]
    knocks = (
        world.knocker.knock(who, "get", f"{path}?{QUESTION}") for path in paths for who in ("coordinator", "manager")
    )
    return {knock.path.partition("?")[0] for knock in knocks if knock.verdict == "broken"} - set(MAY_SAY_5XX)


def test_no_page_breaks_on_a_zero_byte(world):
    assert broken(world) == set()


def test_the_mutant_that_lets_it_through_breaks(world, settings):
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != "web.middleware.WithoutNulls"]
    for client in world.knocker.clients.values():
        client.handler.load_middleware()
    assert "/desk/people/" in broken(world)
