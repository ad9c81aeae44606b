"""No link, form or picture leads nowhere: not for a shopper, and not at a desk."""

import re
import urllib.error
import urllib.request
from html import unescape
from urllib.parse import quote, urljoin, urlsplit

import pytest

MOST = 500
MOST_AT_A_DESK = 250


def fetch(url, cookie=""):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Cookie": cookie}), timeout=30) as answer:
            return answer.status, answer.headers.get_content_type(), answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, "", b""


def crawl(base, start, most, cookie="", within="/", alike=12):
    """(addresses fetched, those that were no 200), from one page on, links below ``within`` only."""
    todo, seen, broken, shapes = [start], {start}, [], {}
    while todo:
        path = todo.pop(0)
        status, kind, body = fetch(base + quote(path, safe="/?&=%#+:,;@~"), cookie)
        if status != 200:
            broken.append((status, path))
        if kind != "text/html":
            continue
        text = body.decode()
        assert 'href="#"' not in text, path
        for address in links_of(base + path, text):
            # A thousand product pages are one kind of page: fetch some of each, of a desk's slower ones fewer.
            shape = re.sub(r"\d+", "0", re.sub(r"/c/[a-z-]+/", "/c/x/", re.sub(r"=[^&]*", "=", address)))
            shapes[shape] = shapes.get(shape, 0) + 1
            if address not in seen and address.startswith(within) and shapes[shape] <= alike and len(seen) < most:
                seen.add(address)
                todo.append(address)
    return seen, broken


def links_of(page, text):
    """Addresses on our own host that the page names."""
    for found in re.findall(r'(?:href|src)="([^"]+)"', text):
        link = urlsplit(urljoin(page, unescape(found)))
        if link.netloc == urlsplit(page).netloc and link.scheme in {"http", "https"}:
            yield link.path + (f"?{link.query}" if link.query else "")


def test_every_link_from_the_home_page_leads_somewhere(province):
    seen, broken = crawl(f"http://127.0.0.1:{province.port}", "/", MOST)
    assert broken == []
    assert len(seen) > 100


@pytest.mark.parametrize(
    ("phone", "name", "desk"),
    [
        ("13900000001", "林雪", "/desk/"),
        ("13900000003", "沈月", "/desk/"),
        ("13900000011", "", "/c/wuchang/desk/"),
        ("13900000013", "", "/c/wuchang/desk/"),
    ],
)
def test_every_link_at_a_desk_leads_somewhere(open_page, sign_in, province, phone, name, desk):
    page = sign_in(open_page(), phone, name, desk)
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    seen, broken = crawl(f"http://127.0.0.1:{province.port}", desk, MOST_AT_A_DESK, cookie, within=desk, alike=5)
    assert broken == []
    assert len(seen) > 12
