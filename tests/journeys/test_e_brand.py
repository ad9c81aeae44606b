"""(e) A village in 饶河 registers a brand: stopped twice, returned once, a correction in time, ® only on its goods."""

import calendar
import io
import re
from datetime import date, timedelta

import pytest
from PIL import Image

from tests.browsers import DESKTOP, PHONE
from tests.journeys.effort import THREE_MINUTES, effort_on

HERE = "/c/raohe/desk/brands/"
PRODUCER = "大佳河山产品加工有限公司"
NAME = "野藤红"
WINE, MUSHROOM = "大佳河山葡萄酒", "完达山榛蘑"
CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(body="93230524MAJ7777XJ"):
    """With the check sign of GB 32100-2015."""
    total = sum(CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return body + CREDIT_SIGNS[(31 - total % 31) % 31]


def licence(name="执照.jpg"):
    buffer = io.BytesIO()
    Image.new("RGB", (1600, 1200), (230, 226, 214)).save(buffer, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def document(word):
    """An official paper; each is another file, as each is in life."""
    import pikepdf

    made = pikepdf.new()
    made.add_blank_page(page_size=(595, 842))
    made.docinfo["/Title"] = word
    buffer = io.BytesIO()
    made.save(buffer)
    return {"name": f"{word}.pdf", "mimeType": "application/pdf", "buffer": buffer.getvalue()}


def go_on(page):
    page.click(".steps-foot .btn-step")
    page.wait_for_load_state()


def press(page, words):
    page.click(f"button:has-text('{words}')")
    page.wait_for_load_state()


def says(page, selector, words):
    page.wait_for_function(
        "([at, words]) => document.querySelector(at) && document.querySelector(at).textContent.includes(words)",
        arg=[selector, words],
    )


@pytest.fixture
def move(province):
    """``move(31)``: so many days after the real date; set right again whatever happens."""

    def to(days):
        done = province.command("demo", "shift", str(days))
        assert done.returncode == 0, done.stderr
        return date.fromisoformat(re.search(r"\d{4}-\d\d-\d\d", done.stdout)[0])

    yield to
    to(0)


def open_case(team):
    """Six screens on a phone. A county's name and a near mark are stopped while they are typed."""
    team.goto("/c/raohe/desk/producers/")
    team.click(f"a:has-text('{PRODUCER}')")
    team.click("a:has-text('注册品牌')")
    team.wait_for_load_state()
    assert "商标归谁" in team.inner_text("h1")
    assert team.locator("input[name=producer]:checked").count() == 1
    go_on(team)
    team.fill("input[name=name1]", "饶河红")
    says(team, "#look-name1", "双鸭山市饶河县的地名")
    assert "第十条第二款" in team.inner_text("#look-name1")
    assert "不是法律意见" in team.inner_text("main")
    go_on(team)
    assert "“饶河红”注册不了" in team.inner_text(".errors")
    assert team.input_value("input[name=name1]") == "饶河红"  # nothing typed is lost
    team.fill("input[name=name1]", "山缎语")
    says(team, "#look-name1", "“山椴语”")
    assert "读音一样" in team.inner_text("#look-name1")
    go_on(team)
    assert "“山缎语”注册不了" in team.inner_text(".errors")
    team.fill("input[name=name1]", NAME)
    says(team, "#look-name1", "没有相近的")
    team.wait_for_selector(".steps-top .saved:has-text('已存')")
    go_on(team)
    for typed, key in (("putaojiu", "33:葡萄酒"), ("蘑菇干", "29:蘑菇干")):
        team.fill("input[name=more]", typed)
        box = team.locator(f"#goods-found input[value='{key}']")
        box.wait_for(state="attached")
        box.check(force=True)
    assert team.locator("#goods-chosen input:checked").count() == 2
    go_on(team)
    team.fill("input[name=owner_address]", "黑龙江省饶河县大佳河乡永乐村")
    team.fill("input[name=credit_code]", "93230524")
    team.fill("input[name=contact_name]", "白桦")
    team.fill("input[name=contact_phone]", "13900000032")
    go_on(team)
    assert "信用代码写成了 93230524" in team.inner_text("main")
    team.fill("input[name=credit_code]", credit_code())
    go_on(team)
    team.set_input_files("#id_photo", licence())
    team.wait_for_selector(".paper-wants:has-text('传好了')")
    go_on(team)
    assert NAME in team.inner_text(".look-over")
    assert team.evaluate("document.documentElement.scrollWidth") <= 375
    press(team, "交给省里")
    assert "省里在看材料" in team.inner_text("main")
    return re.search(r"/brands/(\d+)/", team.url)[1]


def send_back_and_mend(officer, team, number):
    officer.goto(f"/desk/brands/{number}/")
    officer.fill("input[name=remark_goods]", "再写上果酒。")
    press(officer, "退回补正")
    team.goto(f"{HERE}{number}/")
    assert "再写上果酒。" in team.inner_text("main")
    team.click("a:has-text('改好再交')")
    team.wait_for_load_state()
    team.click("a:has-text('改用在哪些东西上')")
    team.wait_for_load_state()
    assert "省里说：再写上果酒。" in team.inner_text("main")
    team.fill("input[name=more]", "果酒")
    box = team.locator("#goods-found input[value='33:果酒']")
    box.wait_for(state="attached")
    box.check(force=True)
    press(team, "改好了")
    press(team, "再交给省里")
    assert "省里在看材料" in team.inner_text("main")


def send_on(officer, number):
    """The signed power of attorney comes in; then the case may be filed."""
    officer.goto(f"/desk/brands/{number}/")
    press(officer, "材料齐了，往下送")
    assert "委托书" in officer.inner_text("main")  # refused, with what is missing
    officer.locator("#paper-kind").select_option("power")
    officer.set_input_files("#paper-file", document("委托书"))
    press(officer, "传上来")
    press(officer, "材料齐了，往下送")
    assert "往下送了" in officer.inner_text("main")


def enter(officer, number, code, day, *, untick=(), **particulars):
    """A document as it lies on the officer's table, received on paper the same day."""
    officer.goto(f"/desk/brands/{number}/notice/{code}/")
    if officer.locator("input[name=number]").count():
        officer.fill("input[name=number]", f"TMZC{number}{code[:6].upper()}01")
        officer.locator("input[name=electronic][value='0']").check(force=True)
        officer.fill("input[name=received_on]", str(day))
    officer.fill("input[name=dated]", str(day))
    for name, value in particulars.items():
        officer.fill(f"input[name={name}]", str(value))
    for value in untick:
        officer.locator(f"input[name=nice_classes][value='{value}']").uncheck(force=True)
    officer.set_input_files("input[name=file]", document(f"{code}-{number}"))
    press(officer, "记下来")
    assert not officer.locator(".errors").count(), officer.inner_text("main")
    assert f"/brands/{number}/" in officer.url


def next_gazette(day):
    while day.day not in {6, 13, 20, 27}:
        day += timedelta(days=1)
    return day


def months_later(day, months):
    year, month = divmod(day.month - 1 + months, 12)
    year += day.year
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def product_url(page, title):
    """Where a shopper finds it."""
    page.goto(f"/search/?q={title}")
    page.locator(f"main a:has-text('{title}')").first.click()
    page.wait_for_load_state()
    return page.url


def test_a_village_name_becomes_a_registered_mark(open_page, sign_in, move):
    today = move(0)
    team, officer, shopper = open_page(PHONE), open_page(DESKTOP), open_page(PHONE)
    sign_in(team, "13900000032", "白桦", "/c/raohe/desk/")
    with effort_on(team) as effort:
        number = open_case(team)
    print(f"\n{effort}")
    assert effort.screens > 6, "it was counted"
    assert effort.seconds <= THREE_MINUTES
    sign_in(officer, "13900000001", "林雪", "/desk/brands/")
    send_back_and_mend(officer, team, number)
    send_on(officer, number)
    enter(officer, number, "filing", today)

    enter(officer, number, "correction", today)
    team.goto(f"{HERE}{number}/")
    assert "国家局要补正" in team.inner_text("main")
    assert str(today + timedelta(days=30)) in team.inner_text("main")
    move(16)
    team.goto("/c/raohe/desk/inbox/")
    assert NAME in team.inner_text("main")  # fourteen days left: the clock has reminded
    team.goto(f"{HERE}{number}/")
    assert "还有 14 天" in team.inner_text("main")
    late = move(31)
    officer.goto("/desk/")
    officer.click("a:has-text('超期')")
    officer.wait_for_load_state()
    assert NAME in officer.inner_text("main")  # it has climbed to the coordinator
    team.goto(f"{HERE}{number}/")
    assert "已经过了 1 天" in team.inner_text("main")
    team.fill("textarea[name=text]", "“蘑菇干”改为“干食用菌”。")
    press(team, "交给省里")
    assert "答复交给省里了" in team.inner_text("main")
    enter(officer, number, "correction_answer", late)
    enter(officer, number, "acceptance", late, application_no=f"8{int(number):07d}")
    enter(officer, number, "examining", late)

    gazette = next_gazette(late)
    granted = months_later(gazette, 3) + timedelta(days=1)
    move((granted - today).days)
    enter(officer, number, "publication", gazette, issue="1890")
    wine, mushroom = product_url(shopper, WINE), product_url(shopper, MUSHROOM)
    shopper.goto(wine)
    assert f"{NAME}™" in shopper.inner_text("h1")  # applied for, not yet registered
    enter(
        officer,
        number,
        "certificate",
        granted,
        untick=("29",),
        registration_no=f"8{int(number):07d}",
        registered_on=granted,
    )
    team.goto(f"{HERE}{number}/")
    assert "注册好了" in team.inner_text("main")
    shopper.goto(wine)
    assert f"{NAME}®" in shopper.inner_text("h1")
    shopper.goto(mushroom)
    assert "®" not in shopper.inner_text("main")
