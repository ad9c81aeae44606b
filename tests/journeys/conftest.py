"""A whole demo province, started once, and a real browser walking through it."""

import os
import time
from pathlib import Path

import pytest

from tests.browsers import DESKTOP, a_browser
from tests.prove.test_up import Platform

FIRST_START = 400  # seconds on a busy machine; the aim of 180 s is measured by `make bench`


@pytest.fixture(scope="package")
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


@pytest.fixture(scope="package")
def browser():
    with a_browser() as opened:
        yield opened


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
        used = ""
        for _again in range(3):
            if "second-factor" not in page.url:
                break
            used = fresh_code(province, name, used)
            page.fill("input[name=code]", used)
            page.click("main form button.btn-step")
            page.wait_for_load_state()
        return page

    return go


def fresh_code(province, name, used):
    """A code opens once: whoever signed in with it half a minute ago has to wait for the next."""
    limit = time.monotonic() + 40
    while (code := province.command("demo", "code", name).stdout.strip()) == used:
        assert time.monotonic() < limit, f"no new code for {name}"
        time.sleep(1)
    return code
