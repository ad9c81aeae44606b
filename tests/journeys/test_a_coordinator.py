"""(a) A coordinator comes into an empty province, opens 五常市, then thirty counties, and invites their managers."""

import io
import re
import time

import pytest
from openpyxl import Workbook

from tests.browsers import DESKTOP
from tests.prove.test_up import Platform

HEADS = ["代码", "县名", "联系人", "手机", "客服电话", "阶段"]
PASSWORD = "a-long-enough-password"


@pytest.fixture(scope="module")
def empty_province(tmp_path_factory):
    platform = Platform(tmp_path_factory.mktemp("empty") / "var", JIETI_DEMO="0").start()
    try:
        platform.wait_ready(400)
        yield platform
    finally:
        platform.stop()


@pytest.fixture
def province(empty_province):
    return empty_province


def thirty_counties():
    from tenants import register

    chosen = [one for one in register.divisions("23") if one.code != "230184"][:30]
    return [
        [one.code, one.name, f"联系人{n}", f"139009{n:05d}", f"0451-5556{n:04d}", "托管"]
        for n, one in enumerate(chosen, start=1)
    ]


def xlsx(rows):
    book = Workbook()
    for row in [HEADS, *rows]:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def upload(page, name, content):
    page.set_input_files(
        "main input[type=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.click("main form:has(input[type=file]) button.btn-step")
    page.wait_for_load_state()


def totp(secret):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_a_coordinator_opens_the_province(open_page, province):
    said = province.command("person", "invite", "--role", "coordinator", "--phone", "13900000001", "--name", "林雪")
    link = re.search(r"http\S+/invite/\S+", said.stdout)[0]
    page = open_page(DESKTOP)

    # She comes in by the one-time link and sets up her second factor.
    page.goto(link)
    page.fill("input[name=password]", PASSWORD)
    page.fill("input[name=again]", PASSWORD)
    secret = re.search(r"\b[A-Z2-7]{32}\b", page.inner_text("main").replace(" ", ""))[0]
    page.fill("input[name=code]", totp(secret))
    page.click("main form button.btn-step")
    page.wait_for_load_state()
    assert page.locator("main li code").count() == 10
    page.click("main a.btn-step")
    page.wait_for_url("**/desk/**")

    # One county by the wizard, found by its initials.
    page.goto("/desk/counties/")
    page.click("text=开一个县")
    page.fill("#choose-q", "wcs")
    page.click("main form button")
    page.click("a:has-text('开这个县')")
    page.fill("input[name=contact_name]", "周启航")
    page.fill("input[name=contact_phone]", "1390000001")
    page.fill("input[name=service_phone]", "0451-55550184")
    page.click("main form button.btn-step")
    page.wait_for_load_state()
    assert "11 位手机号" in page.inner_text("main")
    assert page.input_value("input[name=service_phone]") == "0451-55550184"  # nothing typed is lost
    page.fill("input[name=contact_phone]", "13900000011")
    page.click("main form button.btn-step")
    page.wait_for_selector("text=都开好了", timeout=120_000)
    assert page.goto("/c/wuchang/").status == 200

    # Thirty by a list; three rows are wrong and are named by row and column.
    rows = thirty_counties()
    bad = [list(row) for row in rows]
    bad[4][1], bad[13][3], bad[20][0] = "五常县", "1364581223", "230999"
    page.goto("/desk/counties/import/")
    upload(page, "开馆名单.xlsx", xlsx(bad))
    text = page.inner_text("main")
    assert "3 行要改，还没有动任何东西" in text
    for words in ("五常县", "名字对不上", "1364581223", "10 位", "230999", "本省没有这个代码"):
        assert words in text
    assert [cell.inner_text() for cell in page.locator("table tbody td.n strong").all()] == ["6", "15", "22"]
    upload(page, "开馆名单.xlsx", xlsx(rows))
    assert "没有要改的" in page.inner_text("main")
    page.click("text=开这 30 个县")
    page.wait_for_url("**batch=**")

    # Progress comes from the server while she watches.
    seen = set()
    limit = time.monotonic() + 300
    while time.monotonic() < limit:
        words = page.inner_text("#progress h2")
        seen.add(words)
        if "都开好了" in words:
            break
        time.sleep(0.3)
    assert "30 个县都开好了" in seen
    assert any(re.search(r"第 \d+ 个，共 30 个", words) for words in seen)

    # People, not schemas: the board, and the managers invited together.
    page.goto("/desk/board/")
    for box in page.locator("input[name=county]").all():
        box.check()
    page.click("text=请选中县的负责人")
    page.wait_for_selector("text=请了 31 个县的负责人")
    assert "登录过" in page.inner_text("main")
    page.goto("/desk/people/?county=230184")
    assert "139****0011" in page.inner_text("main")
    assert "13900000011" not in page.content()
