"""Who is served under which host and path, and who is not (promises S1, S3)."""

import unicodedata

import pytest
from django.test import Client

from tenants import services
from tenants.models import Domain

pytestmark = pytest.mark.django_db

NOT_OURS = [
    "", " ", "*", ".", "..", "[::1]", "c230184", "public", "127.0.0.1:80:80", "loc%61lhost", "０.0.0.0", "127.1", "0",
]  # fmt: skip
HOSTILE = [
    "evil.example", "EVIL.EXAMPLE", "evil", ".evil", "-evil", "*.evil", "evil_host", "xn--evil", "ｅｖｉｌ.example",
    "evil。example", "127.0.0.1.evil.example", "localhost.evil", "evil.127.0.0.1", "evil.localhost", "wuchang.evil",
    "c230184.evil", "public.evil", "a@evil", "127.0.0.1@evil", "evil@127.0.0.1", "localhost\\evil", "evil\\127.0.0.1",
    "127.0.0.1/evil", "evil/127.0.0.1", "127.0.0.1,evil", "evil, 127.0.0.1", "127.0.0.1 evil", "127.0.0.1\tevil",
    "evil%00127.0.0.1", "127.0.0.1%00.evil", "evil%2f127.0.0.1", "[::1].evil", "[evil]", "[::ffff:evil]", "[::1%evil]",
    "127.0.0.1;evil", "evil&127.0.0.1", "http://evil", "//evil", "<script>evil</script>", '"evil', "'evil",
]  # fmt: skip
ENDS = ["", ".", "..", ":80", ":8000", ":99999", ":x", "?", "#x", " ", "/", "/c/wuchang/", "@127.0.0.1"]
# Four letters stand in a random token now and then, sixteen do not.
EVIL = {"evil": "evil" * 4, "EVIL": "EVIL" * 4, "ｅｖｉｌ": "ｅｖｉｌ" * 4}
HOSTILE = [next(host.replace(word, EVIL[word]) for word in EVIL if word in host) for host in HOSTILE]
VALUES = [f"{host}{end}" for host in HOSTILE for end in ENDS]
FORWARDED = ("x-forwarded-host", "x-forwarded-server", "x-host", "x-original-host")


def test_there_are_five_hundred_of_each_kind():
    assert len({value.lower() for value in VALUES}) >= 500
    assert all(EVIL["evil"] in unicodedata.normalize("NFKC", value).lower() for value in VALUES)


def echoes(answer):
    """Does anything of the answer speak of the foreign host?"""
    said = answer.content.decode() + "".join(f"{name}: {value}" for name, value in answer.headers.items())
    return EVIL["evil"] in unicodedata.normalize("NFKC", said).lower()


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/c/wuchang/", "/healthz"])
def test_a_host_that_is_not_ours_gets_nothing_and_is_not_echoed(client, wuchang, path):
    assert client.get(path).status_code == 200
    for host in [*VALUES, *(f"{host}{end}" for host in NOT_OURS for end in ("", ".", ":8000", "?", "#x", " "))]:
        answer = client.get(path, headers={"host": host, "x-forwarded-host": f"{EVIL['evil']}.forwarded"})
        assert answer.status_code in {400, 404}, host
        assert not echoes(answer), host


PLACES = {"/": 200, "/c/wuchang/": 200, "/c/wuchang?a=1": 301, "/desk/": 302, "/sign-in/": 200, "/no-such-page/": 404}


def foreign(value):
    return dict.fromkeys(FORWARDED, value) | {"forwarded": f"host={value};proto=http"}


@pytest.mark.parametrize("place", range(len(PLACES)))
def test_a_forwarded_host_changes_nothing(client, wuchang, place):
    """Each value on one page, all of them on the six: what is answered is what is answered without it."""
    path, status = list(PLACES.items())[place]
    led_to = client.get(path).headers.get("Location")
    for value in VALUES[place :: len(PLACES)]:
        answer = client.get(path, headers=foreign(value))
        assert (answer.status_code, answer.headers.get("Location")) == (status, led_to), value
        assert not echoes(answer), value


def test_a_countys_own_host_counts_where_it_is_asked_not_where_it_is_forwarded(client, wuchang, coordinator):
    services.add_domain(wuchang, "wuchang.example", by=coordinator)
    assert "五常市" in client.get("/", headers={"host": "wuchang.example"}).content.decode()
    answer = client.get("/c/wuchang?a=1", headers=foreign("wuchang.example"))
    assert answer.headers["Location"] == "/c/wuchang/?a=1"
    for value in VALUES[::25]:
        answer = client.get("/", headers={"host": "wuchang.example", **foreign(value)})
        assert answer.status_code == 200
        assert not echoes(answer)


def test_believing_forwarded_hosts_would_be_seen(client, wuchang, settings):
    """The mutant: Django told to believe the header. The tests above must be able to fail."""
    settings.USE_X_FORWARDED_HOST = True
    assert client.get("/", headers=foreign("evil.example")).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/c/nowhere/",
        "/c/public/",
        "/c/c230184/",
        "/c/230184/",
        "/c/WUCHANG/",
        "/C/wuchang/",
        "/c//wuchang/",
        "/c/../c/wuchang/",
        "/c/wuchang%00/",
        "/c/wuchang;x/",
        "/c/-wuchang/",
        "/c/wu chang/",
        "/c/",
        "/c",
        "/c/raohe/",
    ],
)
def test_an_unknown_county_is_a_404(client, wuchang, path):
    assert client.get(path).status_code == 404


def test_a_county_without_its_slash_is_led_to_it(client, wuchang):
    answer = client.get("/c/wuchang?a=1")
    assert (answer.status_code, answer["Location"]) == (301, "/c/wuchang/?a=1")


def test_a_suspended_county_shows_its_notice_and_keeps_its_office(client, wuchang, coordinator, client_for, manager):
    services.suspend_county(wuchang, by=coordinator, notice="系统检修，12 月 1 日回来。")
    answer = client.get("/c/wuchang/")
    assert answer.status_code == 503
    assert "12 月 1 日回来" in answer.content.decode()
    assert client_for(manager).get("/c/wuchang/desk/").status_code == 200
    services.resume_county(wuchang, by=coordinator)
    assert client.get("/c/wuchang/").status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ["", "p/1/", "nothing-here/", "feed.xml"])
def test_the_notice_is_a_page_like_any_other(wuchang, coordinator, caplog, path, method):
    services.suspend_county(wuchang, by=coordinator, notice="系统检修。")
    answer = getattr(Client(enforce_csrf_checks=True), method)(f"/c/wuchang/{path}", headers={"accept-language": "en"})
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "See other counties" in answer.content.decode()
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"):
        assert name in answer.headers, name
    assert "Accept-Language" in answer["Vary"]
    assert [line for line in caplog.records if line.levelname == "ERROR"] == [], "it was said on purpose"


def test_an_own_domain_shows_the_notice_too(client, wuchang, coordinator):
    services.add_domain(wuchang, "wuchang.example", by=coordinator)
    services.suspend_county(wuchang, by=coordinator, notice="系统检修。")
    answer = client.get("/", headers={"host": "wuchang.example"})
    assert answer.status_code == 503
    assert "系统检修" in answer.content.decode()


def test_the_pictures_of_a_suspended_county_are_for_who_is_signed_in(client, client_for, manager, wuchang, coordinator):
    services.suspend_county(wuchang, by=coordinator, notice="系统检修。")
    assert client.get("/c/wuchang/media/none.jpg").status_code == 503
    assert client_for(manager).get("/c/wuchang/media/none.jpg").status_code == 404


def test_an_archived_county_is_gone(client, wuchang, coordinator):
    services.archive_county(wuchang, by=coordinator, note="并入邻县")
    assert client.get("/c/wuchang/").status_code == 404


def test_an_own_domain_is_the_county_without_a_prefix(client, wuchang, coordinator):
    services.add_domain(wuchang, "Wuchang.Example.", by=coordinator)
    assert Domain.objects.get().domain == "wuchang.example"
    page = client.get("/", headers={"host": "wuchang.example"})
    assert page.status_code == 200
    assert "五常市" in page.content.decode()
    assert client.get("/", headers={"host": "WUCHANG.example."}).status_code == 200
    desk = client.get("/desk/", headers={"host": "wuchang.example"})
    assert desk.status_code == 302
    assert desk["Location"].startswith("http://127.0.0.1")
    cms = client.get("/cms/pages/", headers={"host": "wuchang.example"})
    assert cms["Location"].endswith("/c/wuchang/cms/pages/")


def test_an_address_is_kept_by_where_it_leads_and_by_what_was_asked(wuchang, dongning):
    from tenants.addressing import county_url, province_url

    for _time in range(2):
        assert county_url("wuchang", "web:product", 7) == "/c/wuchang/p/7/"
        assert county_url("dongning", "web:product", 7) == "/c/dongning/p/7/"
        assert county_url("wuchang", "web:product", 8) == "/c/wuchang/p/8/"
        assert county_url("wuchang", "web:product", product_id=8) == "/c/wuchang/p/8/"
        assert province_url("web:home") == "/"
