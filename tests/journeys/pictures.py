"""``make pictures``: every page type of the running demo province at 375, 768 and 1366 px.

Prints for each its status, weight in compressed bytes, queries, script errors and serious axe findings, and ends
with 1 if a page breaks a promise (A1 and the weight of a first view). The pictures go to ``var/pictures/``; with
``--unseen`` none are drawn, which takes half the time. Start ``make up`` first, with the same PORT and JIETI_VAR.
"""

import os
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "jieti-demo-2026"
SIZES = {375: 812, 768: 1024, 1366: 900}
LOADED_AT = {375: (375, 768), 1366: (1366,)}  # a tablet is sent what a phone is: the page is made wider
MOST_BYTES = 150 * 1024  # of a first view, as it travels
COORDINATOR, SECURITY, BRANDS, PACKAGING, DESIGNER = (f"1390000000{number}" for number in (1, 5, 6, 7, 8))
MANAGER, EDITOR, TEAM, MARKET = (f"1390000001{number}" for number in range(1, 5))
# what a page is of: the first one its list shows to somebody, for numbers differ from one demo to the next
NUMBERED = {
    "brand": ("/c/wuchang/desk/brands/", TEAM),
    "package": ("/c/wuchang/desk/packages/", TEAM),
    "product": ("/c/wuchang/desk/products/", MANAGER),
    "story": ("/c/wuchang/desk/stories/", EDITOR),
}
# name, path, who looks (phone of a demo account, or nobody)
PAGES = [
    ("home", "/", ""),
    ("search", "/search/?q=wcdm", ""),
    ("search-nothing", "/search/?q=qqqqxx", ""),
    ("season", "/season/", ""),
    ("stories", "/stories/", ""),
    ("wall", "/endorsements/", ""),
    ("about", "/about/", ""),
    ("county", "/c/dongning/", ""),
    ("story", "/c/wuchang/story/", ""),
    ("product", "/c/wuchang/p/{product}/", ""),
    ("not-found", "/no-such-page/", ""),
    ("sign-in", "/sign-in/", ""),
    ("sign-in-code", "/sign-in/code/", ""),
    ("team-new", "/c/wuchang/desk/products/new/", TEAM),
    ("team-mine", "/c/wuchang/desk/mine/", TEAM),
    ("team-brand-new", "/c/wuchang/desk/brands/new/", TEAM),
    ("team-brands", "/c/wuchang/desk/brands/", TEAM),
    ("team-brand", "/c/wuchang/desk/brands/{brand}/", TEAM),
    ("team-packages", "/c/wuchang/desk/packages/", TEAM),
    ("team-package", "/c/wuchang/desk/packages/{package}/", TEAM),
    ("office-desk", "/c/wuchang/desk/", MANAGER),
    ("office-inbox", "/c/wuchang/desk/inbox/", MANAGER),
    ("office-products", "/c/wuchang/desk/products/", MANAGER),
    ("office-product", "/c/wuchang/desk/products/{product}/", MANAGER),
    ("office-producers", "/c/wuchang/desk/producers/", MANAGER),
    ("office-people", "/c/wuchang/desk/people/", MANAGER),
    ("office-stories", "/c/wuchang/desk/stories/", EDITOR),
    ("office-story", "/c/wuchang/desk/stories/{story}/", EDITOR),
    ("office-consents", "/c/wuchang/desk/consents/", EDITOR),
    ("office-consent-new", "/c/wuchang/desk/consents/new/", EDITOR),
    ("office-pictures", "/c/wuchang/desk/pictures/", EDITOR),
    ("office-endorsements", "/c/wuchang/desk/endorsements/", MANAGER),
    ("office-wants", "/c/wuchang/desk/wants/", MANAGER),
    ("office-archive", "/c/wuchang/desk/archive/", MANAGER),
    ("market-sign", "/c/wuchang/desk/packages/{package}/sign/", MARKET),
    ("desk-inbox", "/desk/", COORDINATOR),
    ("desk-counties", "/desk/counties/", COORDINATOR),
    ("desk-county", "/desk/counties/230184/", COORDINATOR),
    ("desk-county-new", "/desk/counties/new/", COORDINATOR),
    ("desk-import", "/desk/counties/import/", COORDINATOR),
    ("desk-board", "/desk/board/", COORDINATOR),
    ("desk-people", "/desk/people/", COORDINATOR),
    ("desk-endorsements", "/desk/endorsements/", COORDINATOR),
    ("desk-wants", "/desk/wants/", COORDINATOR),
    ("desk-terms", "/desk/terms/", COORDINATOR),
    ("desk-status", "/desk/status/", COORDINATOR),
    ("desk-jobs", "/desk/jobs/", COORDINATOR),
    ("desk-messages", "/desk/messages/", COORDINATOR),
    ("desk-audit", "/desk/audit/", COORDINATOR),
    ("security-people", "/desk/people/", SECURITY),
    ("brands", "/desk/brands/", BRANDS),
    ("brand", "/desk/brands/{brand}/", BRANDS),
    ("brand-notices", "/desk/brands/{brand}/notice/", BRANDS),
    ("packages", "/desk/packages/", PACKAGING),
    ("package", "/desk/packages/{package}/", PACKAGING),
    ("studio", "/studio/", DESIGNER),
    ("studio-case", "/studio/{package}/", DESIGNER),
    ("studio-compliance", "/studio/{package}/compliance/", DESIGNER),
    ("me", "/me/", COORDINATOR),
    ("my-data", "/me/data/", COORDINATOR),
]


@dataclass
class Seen:
    status: int = 0
    weight: int = 0
    errors: int = 0
    serious: int = 0
    wide: bool = False

    def wrong(self, wanted: int) -> list[str]:
        """What this page promises and does not keep."""
        kept = {
            f"status is not {wanted}": self.status == wanted,
            "script errors": not self.errors,
            "axe": not self.serious,
            "too heavy": self.weight <= MOST_BYTES,
            "scrolls sideways": not self.wide,
        }
        return [promise for promise, is_kept in kept.items() if not is_kept]


def main() -> int:
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    base = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    folder = None if "--unseen" in sys.argv else ROOT / "var" / "pictures"
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    known = {what: first_number(path, who) for what, (path, who) in NUMBERED.items()}
    pages = [(name, path.format(**known), who) for name, path, who in PAGES]
    queries = {name: count_queries(path, who) for name, path, who in pages}
    print(f"{'page':20}{'px':>6}{'status':>8}{'bytes':>9}{'queries':>9}{'errors':>8}{'axe':>5}")
    seeing = partial(walk, base, pages, queries, folder)
    with ThreadPoolExecutor() as browsers:
        bad = sum(browsers.map(seeing, LOADED_AT))
    print(f"{bad} 页要看一看" + (f"，图在 {folder}" if folder else ""))
    return int(bad > 0)


def say(line: str) -> None:
    """In one piece: two browsers talk at once, and ``print`` writes the line's end by itself."""
    sys.stdout.write(f"{line}\n")


def walk(base: str, pages: list[Any], queries: dict[str, int], folder: Path | None, loaded_at: int) -> int:
    """One browser over all pages; returns how many sights broke a promise."""
    from playwright.sync_api import sync_playwright

    from tests.browsers import chromium_path

    bad, contexts = 0, {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox", "--disable-gpu"])
        for name, path, who in pages:
            if who not in contexts:
                contexts[who] = signed_in(browser, base, loaded_at, who)
            for width, seen in look(contexts[who], base + path, LOADED_AT[loaded_at], folder and folder / name):
                wrong = seen.wrong(404 if name == "not-found" else 200)
                bad += bool(wrong)
                say(
                    f"{name:20}{width:>6}{seen.status:>8}{seen.weight:>9}{queries[name]:>9}{seen.errors:>8}"
                    f"{seen.serious:>5}  {', '.join(wrong)}".rstrip()
                )
        browser.close()
    return bad


def signed_in(browser: Any, base: str, width: int, phone: str) -> Any:
    """A context with the person's session, made by the platform itself."""
    context = browser.new_context(viewport={"width": width, "height": SIZES[width]}, locale="zh-CN")
    if phone:
        client = client_of(phone)
        cookie = next(iter(client.cookies.values()))
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
    return context


def look(context: Any, url: str, widths: tuple[int, ...], picture: Path | None) -> Iterator[tuple[int, Seen]]:
    """The page loaded once, then seen at each width."""
    seen = Seen()
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    cdp.send("Network.enable")
    cdp.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def arrived(event: Any) -> None:
        seen.weight += int(event["encodedDataLength"])

    cdp.on("Network.loadingFinished", arrived)
    page.on("pageerror", lambda _error: setattr(seen, "errors", seen.errors + 1))
    answer = page.goto(url)
    page.wait_for_load_state("networkidle")
    first_view, seen.status = seen.weight, answer.status if answer else 0
    for width in widths:
        page.set_viewport_size({"width": width, "height": SIZES[width]})
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        if picture:
            page.screenshot(path=picture.with_name(f"{picture.name}-{width}.png"), full_page=True)
        yield width, replace(seen, weight=first_view, wide=wide, serious=serious_findings(page))
    page.close()


def serious_findings(page: Any) -> int:
    from axe_playwright_python.sync_playwright import Axe

    found = [one for one in Axe().run(page).response["violations"] if one["impact"] in {"serious", "critical"}]
    for one in found:
        say(f"    {one['id']} {one['help']} {[node['target'] for node in one['nodes']][:3]}")
    return len(found)


def client_of(phone: str) -> Any:
    from django.contrib.auth import get_user_model

    from tests.factories.people import client_for

    return client_for(get_user_model().objects.with_phone(phone))


def first_number(path: str, who: str) -> int:
    """The oldest of those a list leads to."""
    shown = client_of(who).get(path, headers={"host": "127.0.0.1"}).content.decode()
    return min(map(int, re.findall(rf'href="{path}(\d+)/', shown)))


def count_queries(path: str, who: str) -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = client_of(who) if who else Client(headers={"host": "127.0.0.1"})
    client.raise_request_exception = False
    headers = {"host": "127.0.0.1"}
    client.get(path, headers=headers)
    with CaptureQueriesContext(connection) as caught:
        client.get(path, headers=headers)
    return len(caught)


if __name__ == "__main__":
    raise SystemExit(main())
