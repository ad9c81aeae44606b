"""No link, form or picture of the public pages leads nowhere."""

import re
import urllib.error
import urllib.request
from html import unescape
from urllib.parse import quote, urljoin, urlsplit

MOST = 500


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.headers.get_content_type(), answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, "", b""


def test_every_link_from_the_home_page_leads_somewhere(province):
    base = f"http://127.0.0.1:{province.port}"
    todo, seen, broken, shapes = ["/"], {"/"}, [], {}
    while todo and len(seen) < MOST * 3:
        path = todo.pop(0)
        status, kind, body = fetch(base + quote(path, safe="/?&=%#+:,;@~"))
        if status != 200:
            broken.append((status, path))
        if kind != "text/html":
            continue
        text = body.decode()
        assert 'href="#"' not in text, path
        for found in re.findall(r'(?:href|src)="([^"]+)"', text):
            link = urlsplit(urljoin(base + path, unescape(found)))
            if link.netloc != urlsplit(base).netloc or link.scheme not in {"http", "https"}:
                continue
            address = link.path + (f"?{link.query}" if link.query else "")
            # A thousand product pages are one kind of page: fetch some of each.
            shape = re.sub(r"\d+", "0", re.sub(r"/c/[a-z-]+/", "/c/x/", re.sub(r"=[^&]*", "=", address)))
            shapes[shape] = shapes.get(shape, 0) + 1
            if address not in seen and shapes[shape] <= 12 and len(seen) < MOST:
                seen.add(address)
                todo.append(address)
    assert broken == []
    assert len(seen) > 100
