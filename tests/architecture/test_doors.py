"""A county sees only its own (promise S1): every address, everybody, GET and POST, own and foreign rows.

``doors.csv`` says who may come in where; an address that the resolvers list and the table does not is a failure.
"""

import csv
from pathlib import Path

import pytest

from tests.architecture.addresses import COUNTY, PROVINCE, addresses
from tests.architecture.canary import CANARIES, PHONE, WORD
from tests.architecture.filling import path_of
from tests.architecture.sweep import METHODS, ROLES

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    # Wagtail leaves an uploaded nothing open.
    pytest.mark.filterwarnings(
        "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:Unclosed file:ResourceWarning"
    ),
]

TABLE = Path(__file__).with_name("doors.csv")
PLACES = {"province": PROVINCE, "county": COUNTY}
GROUPS = {"everyone": ROLES, "signed-in": ROLES[1:], "nobody": ()}
OURS = ("team", "editor", "manager")
# In a county: 404 to whoever has no seat there. Elsewhere and within: 403.
OUTSIDE = ("shopper", "elsewhere")


def doors(place):
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if PLACES[row["place"]] == place]
    return {row["route"]: frozenset(GROUPS.get(row["who"]) or row["who"].replace("nobody", "").split()) for row in rows}


def listed(place):
    return {address.route: address for address in addresses(place)}


def asked(place, planted):
    """Every address of a place with its path for this county's rows."""
    for route, address in listed(place).items():
        path = path_of(address, {**planted.values, "slug": planted.county.slug})
        yield route, f"/c/{planted.county.slug}{path}"


@pytest.mark.parametrize("place", [PROVINCE, COUNTY])
def test_every_address_stands_in_the_table(place):
    assert set(listed(place)) == set(doors(place))


def judge(knocks, may):
    """What is wrong with the answers at one door."""
    wrong = []
    came_in = {knock.who for knock in knocks if knock.verdict == "in"}
    if came_in != may:
        wrong.append(f"in: {sorted(came_in)}, may: {sorted(may)}")
    for knock in knocks:
        told = f"{knock.who} {knock.method} {knock.path} → {knock.status}"
        if knock.verdict == "broken":
            wrong.append(told)
        elif knock.verdict != "in" and knock.writes:
            wrong.append(f"{told} wrote {knock.writes}")
        elif knock.who not in may and knock.who == "stranger" and knock.verdict == "forbidden":
            wrong.append(f"{told} instead of the sign-in")
    return wrong


def knock_all(world, path, who=ROLES):
    return [world.knocker.knock(person, method, path) for person in who for method in METHODS]


def told_canaries(knock):
    return [word for word in CANARIES if word in knock.body]


def test_the_provinces_doors_open_for_whom_they_should(world):
    wrong = {}
    for route, may in doors(PROVINCE).items():
        path = path_of(listed(PROVINCE)[route], world.province)
        found = judge(knock_all(world, path), may)
        wrong |= {path: found} if found else {}
    assert wrong == {}


def test_a_countys_doors_open_for_whom_they_should_and_show_no_neighbour(world):
    wrong = {}
    table = doors(COUNTY)
    for route, path in asked(COUNTY, world.wuchang):
        knocks = knock_all(world, path)
        found = judge(knocks, table[route])
        found += [f"{knock.who} {knock.method} saw {told_canaries(knock)}" for knock in knocks if told_canaries(knock)]
        found += [
            f"{knock.who} {knock.method} → {knock.status}, not 404"
            for knock in knocks
            if knock.who in OUTSIDE and knock.who not in table[route] and knock.verdict not in {"nothing", "method"}
        ]
        wrong |= {path: found} if found else {}
    assert wrong == {}


def test_in_another_county_there_is_nothing_for_us(world):
    wrong = {}
    for route, path in asked(COUNTY, world.dongning):
        if "shopper" in doors(COUNTY)[route]:
            continue  # what every shopper may read of a county, its neighbours may too
        for knock in knock_all(world, path, OURS):
            if knock.verdict not in {"nothing", "method"} or knock.writes or told_canaries(knock):
                wrong[f"{knock.who} {knock.method} {path}"] = (knock.status, knock.writes, told_canaries(knock))
    assert wrong == {}


# The first only leads on to the page's history, which is asked too; the second names a person's own letter.
NO_ROWS = ("cms/pages/<int:page_id>/revisions/", "cms/password_reset/confirm/<uidb64>/<token>/")


def test_a_foreign_row_under_our_own_path_is_not_there(world):
    """五常's people with 东宁's numbers in their own addresses."""
    ours = dict(asked(COUNTY, world.wuchang))
    slug = world.wuchang.county.slug
    wrong, tried = {}, 0
    for route, there in asked(COUNTY, world.dongning):
        path = there.replace("/c/dongning/", f"/c/{slug}/")
        if path == ours[route] or route in NO_ROWS:
            continue  # no row in the address, or one that both counties number alike
        tried += 1
        for knock in knock_all(world, path, OURS):
            if knock.verdict == "in" or knock.writes or told_canaries(knock) or knock.verdict == "broken":
                wrong[f"{knock.who} {knock.method} {path}"] = (knock.status, knock.writes, told_canaries(knock))
    assert tried > 60
    assert wrong == {}


# --- the canary -----------------------------------------------------------------------------------
LOOKS = (
    "", "desk/", "desk/products/", "desk/products/?q={word}", "desk/producers/", "desk/producers/?q={word}", "desk/mine/",
    "desk/people/", "desk/people/?q={word}", "desk/brands/", "desk/packages/", "desk/endorsements/", "desk/consents/", "desk/pictures/", "desk/stories/", "desk/products/new/", "cms/", "cms/pages/{home}/", "cms/pages/search/?q={word}",
    "cms/pages/search/results/?q={word}", "cms/images/", "cms/images/?q={word}", "cms/documents/", "cms/documents/?q={word}",
    "cms/choose-page/", "cms/choose-page/search/?q={word}", "cms/images/chooser/", "cms/images/chooser/results/?q={word}",
    "cms/documents/chooser/", "cms/documents/chooser/results/?q={word}", "cms/tag-autocomplete/?term={word}",
    "cms/reports/site-history/", "cms/reports/site-history/results/", "cms/reports/aging-pages/",
    "cms/api/main/pages/?search={word}&for_explorer=1", "cms/api/main/images/?search={word}", "cms/api/main/documents/",
    "cms/pages/usage/cms/storypage/",
)  # fmt: skip
PUBLIC = (
    "/api/search?county=230184", "/api/search?q={word}&county=230184", "/search/?q={word}&county=230184&tab=stories",
    "/search/?county=230184", "/c/wuchang/p/7000001/",
)  # fmt: skip
# The search words that were asked come back on the page: they are not what it found.
ECHO = 'name="q" value'


def look(world, who, slug, home):
    seen = {}
    for path in LOOKS:
        address = f"/c/{slug}/{path.format(word=WORD, home=home)}"
        seen[address] = without_echo(world.knocker.knock(who, "get", address).body)
    return seen


def without_echo(body):
    """The body without the search words themselves: whole words, not the names that begin with them."""
    for known in (
        "木耳",
        "候审",
        "草稿",
        "的故事",
        "没写完",
        "照片",
        "文件",
        "队员",
        "受邀人",
        "同意",
        "代言",
        "书记",
        "牌",
        "镇",
        "村",
    ):
        body = body.replace(WORD + known, f"■{known}")
    return body.replace(WORD, "").replace("■", WORD)


def test_its_own_county_sees_the_canary(world):
    """Else the next test would prove nothing."""
    home = world.dongning.values["home"]
    seen = "".join(look(world, "elsewhere", "dongning", home).values())
    for known in ("木耳", "候审", "草稿", "的故事", "没写完", "照片", "文件", "队员", "受邀人", "代言", "牌", "同意"):
        assert WORD + known in seen, known
    revealed = world.knocker.knock(
        "elsewhere", "post", f"/c/dongning/desk/people/{world.dongning.values['person']}/phone/"
    )
    assert PHONE in revealed.body.replace(" ", "").replace("-", "")
    producer = world.knocker.knock(
        "elsewhere", "get", f"/c/dongning/desk/producers/{world.dongning.values['producer']}/"
    )
    assert CANARIES[2] in producer.body
    assert WORD in world.knocker.knock("stranger", "get", "/api/search?county=231086").body


@pytest.mark.parametrize("who", OURS)
def test_no_list_search_or_chooser_of_a_neighbour_sings(world, who):
    bodies = look(world, who, "wuchang", world.wuchang.values["home"])
    for path in PUBLIC:
        address = path.format(word=WORD)
        bodies[address] = without_echo(world.knocker.knock(who, "get", address).body)
    told = {path: [word for word in CANARIES if word in body] for path, body in bodies.items()}
    assert {path: words for path, words in told.items() if words} == {}


def test_what_waits_for_its_county_is_nowhere_on_the_province(world):
    """Drafts, goods under review and people are no public matter even in the province's own search."""
    for path in ("/", "/season/", "/stories/", f"/search/?q={WORD}", f"/api/search?q={WORD}", "/c/dongning/"):
        body = world.knocker.knock("shopper", "get", path).body
        for hidden in ("候审", "草稿", "没写完", "队员", "受邀人"):
            assert WORD + hidden not in body, path
        assert PHONE not in body
