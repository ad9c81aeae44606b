"""(d) A work-team member lists a product from a phone; the county returns it, then publishes; a shopper finds it."""

import io

from PIL import Image

from tests.browsers import DESKTOP, PHONE

NAME = "佟家屯手剥榛子仁"


def next_step(page):
    page.click(".steps-foot .btn-step")
    page.wait_for_load_state()


def test_a_product_goes_from_a_village_phone_to_the_search(open_page, sign_in):
    team = open_page(PHONE)
    sign_in(team, "13900000013", "宋明", "/c/wuchang/desk/")
    team.goto("/c/wuchang/desk/products/new/")
    team.fill("input[name=name]", NAME)
    team.locator("select[name=category]").select_option("fruit.nut")
    next_step(team)
    team.fill("textarea[name=description]", "短")
    next_step(team)
    number = team.url
    team.goto("/c/wuchang/desk/mine/")
    assert NAME in team.inner_text("main")
    team.goto(number)
    summary = team.locator("input[name=summary]")
    if summary.count():
        summary.fill("一颗一颗敲出来的。")
        team.fill("textarea[name=description]", "张广才岭的山榛子，九月打下来晒半个月，冬天在炕上一颗一颗敲出仁。")
        next_step(team)
    team.fill("input[name$=name] >> nth=0", "250 g")
    team.fill("input[name$=unit] >> nth=0", "袋")
    team.fill("input[name*=price] >> nth=0", "0")
    next_step(team)
    assert "大于 0" in team.inner_text("main") or "价" in team.inner_text("main .error")
    assert team.input_value("input[name$=name] >> nth=0") == "250 g"  # nothing typed is lost
    team.fill("input[name*=price] >> nth=0", "39.80")
    stock = team.locator("input[name*=stock] >> nth=0")
    stock.fill("40")
    next_step(team)
    picture = io.BytesIO()
    Image.new("RGB", (1600, 1200), (150, 100, 60)).save(picture, "JPEG")
    team.set_input_files(
        "input[type=file]", {"name": "榛子.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    team.wait_for_load_state("networkidle")
    next_step(team)
    team.locator("select[name=village]").select_option(index=1)
    producer = team.locator("select[name=producer], input[name=producer]")
    if producer.first.evaluate("e => e.tagName") == "SELECT":
        producer.first.select_option(index=1)
    else:
        producer.first.check(force=True)
    next_step(team)
    assert NAME in team.inner_text("main")
    next_step(team)
    assert "/mine/" in team.url or "交" in team.inner_text("main")

    office = open_page(DESKTOP)
    sign_in(office, "13900000011", "周启航", "/c/wuchang/desk/")
    office.goto("/c/wuchang/desk/")
    office.click(f"a:has-text('{NAME}')")
    office.fill("textarea[name=note]", "写上是哪年的榛子。")
    office.click("button:has-text('退回补正')")
    office.wait_for_load_state()

    team.goto("/c/wuchang/desk/mine/")
    team.click(f"a:has-text('{NAME}')")
    team.wait_for_load_state()
    assert "写上是哪年的榛子" in team.inner_text("main")
    team.goto(team.url.split("/edit/")[0] + "/edit/2/")
    team.fill("textarea[name=description]", "2026 年秋天的山榛子，九月打下来晒半个月，冬天在炕上一颗一颗敲出仁。")
    team.click("button:has-text('改好了')")
    team.wait_for_load_state()
    next_step(team)

    shopper = open_page(PHONE)
    shopper.goto("/search/?q=手剥榛子仁")
    assert NAME not in shopper.inner_text("main")
    office.goto("/c/wuchang/desk/")
    office.click(f"a:has-text('{NAME}')")
    office.click("button:has-text('通过并发布')")
    office.wait_for_load_state()
    shopper.goto("/search/?q=手剥榛子仁")
    assert NAME in shopper.inner_text("main")
