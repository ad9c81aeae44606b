"""``make pictures``: every page type of the running demo province at 375 and 1366 px.

Prints for each its status, weight in compressed bytes, queries, script errors and serious axe findings; the
pictures go to ``var/pictures/``. Start ``make up`` first, with the same PORT and JIETI_VAR.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "jieti-demo-2026"
SIZES = {375: 812, 1366: 900}
COORDINATOR, SECURITY, BRANDS, PACKAGING, DESIGNER = (f"1390000000{number}" for number in (1, 5, 6, 7, 8))
MANAGER, EDITOR, TEAM, MARKET = (f"1390000001{number}" for number in range(1, 5))
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
    ("product", "/c/wuchang/p/1/", ""),
    ("not-found", "/no-such-page/", ""),
    ("sign-in", "/sign-in/", ""),
    ("sign-in-code", "/sign-in/code/", ""),
    ("team-new", "/c/wuchang/desk/products/new/", TEAM),
    ("team-mine", "/c/wuchang/desk/mine/", TEAM),
    ("team-brand-new", "/c/wuchang/desk/brands/new/", TEAM),
    ("team-brands", "/c/wuchang/desk/brands/", TEAM),
    ("team-brand", "/c/wuchang/desk/brands/1/", TEAM),
    ("team-packages", "/c/wuchang/desk/packages/", TEAM),
    ("team-package", "/c/wuchang/desk/packages/1/", TEAM),
    ("office-desk", "/c/wuchang/desk/", MANAGER),
    ("office-inbox", "/c/wuchang/desk/inbox/", MANAGER),
    ("office-products", "/c/wuchang/desk/products/", MANAGER),
    ("office-product", "/c/wuchang/desk/products/1/", MANAGER),
    ("office-producers", "/c/wuchang/desk/producers/", MANAGER),
    ("office-people", "/c/wuchang/desk/people/", MANAGER),
    ("office-stories", "/c/wuchang/desk/stories/", EDITOR),
    ("office-story", "/c/wuchang/desk/stories/3/", EDITOR),
    ("office-consents", "/c/wuchang/desk/consents/", EDITOR),
    ("office-consent-new", "/c/wuchang/desk/consents/new/", EDITOR),
    ("office-pictures", "/c/wuchang/desk/pictures/", EDITOR),
    ("office-endorsements", "/c/wuchang/desk/endorsements/", MANAGER),
    ("office-wants", "/c/wuchang/desk/wants/", MANAGER),
    ("office-archive", "/c/wuchang/desk/archive/", MANAGER),
    ("market-sign", "/c/wuchang/desk/packages/1/sign/", MARKET),
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
    ("brand", "/desk/brands/4/", BRANDS),
    ("brand-notices", "/desk/brands/4/notice/", BRANDS),
    ("packages", "/desk/packages/", PACKAGING),
    ("package", "/desk/packages/1/", PACKAGING),
    ("studio", "/studio/", DESIGNER),
    ("studio-case", "/studio/1/", DESIGNER),
    ("studio-compliance", "/studio/1/compliance/", DESIGNER),
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


def main() -> int:
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    from tests.browsers import chromium_path

    base = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    folder = ROOT / "var" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    queries = {name: count_queries(path, who) for name, path, who in PAGES}
    print(f"{'page':20}{'px':>6}{'status':>8}{'bytes':>9}{'queries':>9}{'errors':>8}{'axe':>5}")
    bad = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox", "--disable-gpu"])
        for width, height in SIZES.items():
            contexts: dict[str, Any] = {}
            for name, path, who in PAGES:
                context = contexts.get(who) or contexts.setdefault(who, signed_in(browser, base, width, height, who))
                seen = look(context, base + path, folder / f"{name}-{width}.png")
                bad += bool(seen.errors or seen.serious or seen.wide)
                print(
                    f"{name:20}{width:>6}{seen.status:>8}{seen.weight:>9}{queries[name]:>9}{seen.errors:>8}"
                    f"{seen.serious:>5}{'  scrolls sideways' if seen.wide else ''}"
                )
        browser.close()
    print(f"{folder}: {bad} 页要看一看")
    return 0


def signed_in(browser: Any, base: str, width: int, height: int, phone: str) -> Any:
    """A context with the person's session, made by the platform itself."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    if phone:
        client = client_of(phone)
        cookie = next(iter(client.cookies.values()))
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
    return context


def look(context: Any, url: str, picture: Path) -> Seen:
    from axe_playwright_python.sync_playwright import Axe

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
    first_view = seen.weight
    seen.status = answer.status if answer else 0
    seen.wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    found = Axe().run(page)
    seen.serious = sum(one["impact"] in {"serious", "critical"} for one in found.response["violations"])
    for one in found.response["violations"]:
        if one["impact"] in {"serious", "critical"}:
            print("   ", one["id"], one["help"], [node["target"] for node in one["nodes"]][:3])
    page.screenshot(path=picture, full_page=True)
    seen.weight = first_view
    page.close()
    return seen


def client_of(phone: str) -> Any:
    from django.contrib.auth import get_user_model

    from tests.factories.people import client_for

    return client_for(get_user_model().objects.with_phone(phone))


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
