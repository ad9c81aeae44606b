"""The real browser the walks look with: Debian's Chromium."""

import os
import shutil
from contextlib import contextmanager

import pytest

# Playwright's synchronous side runs an event loop in this thread; the walks themselves use no ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

PHONE = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True, "locale": "zh-CN"}
DESKTOP = {"viewport": {"width": 1366, "height": 900}, "locale": "zh-CN"}
OLD_WECHAT = (
    "Mozilla/5.0 (Linux; Android 7.1.1; OPPO R11) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/53.0.2785.49 Mobile MQQBrowser/6.2 TBS/043632 Safari/537.36 MicroMessenger/6.6.1.1220"
)


def chromium_path():
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


@contextmanager
def a_browser():
    """Chromium, skipped where there is none. A second one within the first is refused by Playwright."""
    path = chromium_path()
    if path is None:
        if os.environ.get("JIETI_REQUIRE_ALL"):
            pytest.fail("a browser is missing: apt-get install chromium")
        pytest.skip("no browser: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
        )
        yield browser
        browser.close()
