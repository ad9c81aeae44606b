"""A whole demo province, started once, and a real browser walking through it."""

import os
import shutil
from pathlib import Path

import pytest

from tests.prove.test_up import Platform

# Playwright's synchronous side runs an event loop in this thread; the walks themselves use no ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

FIRST_START = 400  # seconds on a busy machine; the aim of 180 s is measured by `make bench`
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


@pytest.fixture(scope="session")
def province(tmp_path_factory):
    """The demo province as `make up` starts it, or the running one that JIETI_WALK names (port:folder)."""
    if running := os.environ.get("JIETI_WALK"):
        port, _colon, var = running.partition(":")
        platform = Platform(Path(var), JIETI_DEMO="1")
        platform.port = int(port)
        yield platform
        return
    platform = Platform(tmp_path_factory.mktemp("province") / "var", JIETI_DEMO="1")
    platform.start()
    try:
        platform.wait_ready(FIRST_START)
        yield platform
    finally:
        platform.stop()


@pytest.fixture(scope="session")
def browser():
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


@pytest.fixture
def open_page(browser, province):
    """``open_page(PHONE)``: a fresh visitor's page; errors of the page's own scripts fail the journey."""
    contexts = []

    def opened(size=DESKTOP, **more):
        context = browser.new_context(base_url=f"http://127.0.0.1:{province.port}", **{**size, **more})
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.trouble = []
        page.on("pageerror", lambda error: page.trouble.append(str(error)))
        return page

    yield opened
    trouble = [line for context in contexts for page in context.pages for line in getattr(page, "trouble", [])]
    for context in contexts:
        context.close()
    assert trouble == []


@pytest.fixture
def sign_in(province):
    """``sign_in(page, phone)``: by password, with the second factor where one is asked."""

    def go(page, phone, name="", next_path=""):
        page.goto(f"/sign-in/?next={next_path}" if next_path else "/sign-in/")
        page.fill("input[name=phone]", phone)
        page.fill("input[name=password]", "jieti-demo-2026")
        page.click("main button[type=submit], main form button.btn-step")
        page.wait_for_load_state()
        if "second-factor" in page.url:
            code = province.command("demo", "code", name).stdout.strip()
            page.fill("input[name=code]", code)
            page.click("main form button.btn-step")
            page.wait_for_load_state()
        return page

    return go
