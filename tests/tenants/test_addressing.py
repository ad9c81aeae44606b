"""Who is served under which host and path, and who is not (promises S1, S3)."""

import pytest

from tenants import services
from tenants.models import Domain

pytestmark = pytest.mark.django_db

HOSTILE = [
    "evil.example",
    "evil.example:80",
    "127.0.0.1.evil.example",
    "localhost.evil",
    "evil.127.0.0.1",
    "",
    " ",
    "*",
    ".",
    "..",
    "[::1]",
    "a@127.0.0.1",
    "127.0.0.1@evil",
    "xn--evil",
    "c230184",
    "public",
    "127.0.0.1:80:80",
    "127.0.0.1/evil",
    "localhost\\evil",
    "loc%61lhost",
    "０.0.0.0",
    "127.1",
    "0",
]


@pytest.mark.parametrize("host", [f"{host}{end}" for host in HOSTILE for end in ("", ".", ":8000", "?", "#x", " ")])
@pytest.mark.parametrize("path", ["/", "/static/jieti.css", "/c/wuchang/", "/healthz"])
def test_a_host_that_is_not_ours_gets_nothing_and_is_not_echoed(client, wuchang, host, path):
    answer = client.get(path, headers={"host": host, "x-forwarded-host": "forwarded.example"})
    assert answer.status_code in {400, 404}
    assert b"evil" not in answer.content
    assert b"forwarded.example" not in answer.content


@pytest.mark.parametrize("forwarded", ["evil.example", "wuchang.example"])
def test_a_forwarded_host_changes_nothing(client, wuchang, forwarded):
    answer = client.get("/", headers={"x-forwarded-host": forwarded})
    assert answer.status_code == 200
    assert forwarded.encode() not in answer.content


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
