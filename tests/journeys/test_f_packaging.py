"""(b) A village in 饶河 asks for a package: two rounds, pinned remarks, a void ratio mended, three names, the printer's pack."""

import hashlib
import io
import json
import re
import time
import zipfile

import pypdfium2
from PIL import Image, ImageDraw, ImageStat

from tests.browsers import DESKTOP, PHONE
from tests.journeys.effort import THREE_MINUTES, effort_on

HERE = "/c/raohe/desk/packages/"
MANAGER = "孟川"
RICE = "西林子蟹田长粒大米"
LABEL = {
    "label_name": "长粒大米",
    "label_ingredients": "配料：稻谷",
    "label_net": "净含量：5 kg",
    "label_maker": "西林子蟹稻田专业合作社",
    "label_address": "黑龙江省饶河县西林子乡",
    "label_contact": "0469-55550101",
    "label_origin": "黑龙江饶河",
    "label_made_on": "见封口",
    "label_shelf_life": "12 个月",
    "label_best_before": "见封口",
    "label_storage": "阴凉干燥处",
    "label_licence": "SC10123052400017",
    "label_standard": "GB/T 1354",
    "label_grade": "一级",
}


def drawn(colour, name="正面.png"):
    """A front as a designer would send it."""
    sheet = Image.new("RGB", (900, 1200), colour)
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((90, 300, 810, 900), fill="#F6F0E0", outline="#2A211B", width=6)
    draw.ellipse((300, 420, 600, 780), fill="#F2B544")
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": buffer.getvalue()}


def printed():
    """The printer's file."""
    import pikepdf

    document = pikepdf.new()
    document.add_blank_page(page_size=(900, 1200))
    buffer = io.BytesIO()
    document.save(buffer)
    return {"name": "印刷.pdf", "mimeType": "application/pdf", "buffer": buffer.getvalue()}


def photo():
    buffer = io.BytesIO()
    Image.new("RGB", (1200, 1200), (201, 148, 66)).save(buffer, "JPEG")
    return {"name": "成品.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def pick(page, name, value):
    page.locator(f"input[name={name}][value='{value}']").check(force=True)


def go_on(page):
    page.click(".steps-foot .btn-step")
    page.wait_for_load_state()


def press(page, words):
    page.click(f"button:has-text('{words}')")
    page.wait_for_load_state()


def ask(team):
    """Five screens on a phone; what the product knows is filled in."""
    team.goto("/c/raohe/desk/mine/")
    for _turn in range(5):
        if team.locator(f"a:has-text('{RICE}')").count():
            break
        team.click(".pages a >> nth=-1")
    team.click(f"a:has-text('{RICE}')")
    press(team, "申请包装")
    assert "给哪一种做包装" in team.inner_text("h1")
    team.locator("input[name=variant]").first.check(force=True)
    pick(team, "kind", "box")
    pick(team, "material", "paper")
    go_on(team)
    pick(team, "audience", "gift")
    team.fill("input[name=run]", "两千")
    go_on(team)
    assert "比如 2000" in team.inner_text(".error")
    team.fill("input[name=run]", "2000")
    for side, length in (("length_mm", "320"), ("width_mm", "240"), ("height_mm", "600")):
        team.fill(f"input[name={side}]", length)
    go_on(team)
    assert RICE in team.input_value("textarea[name=must_have]")
    team.fill("textarea[name=wishes]", "画蟹，别画熊。")
    go_on(team)
    team.set_input_files("input[type=file]", {**photo(), "name": "米.jpg"})
    team.wait_for_selector(".shots img")
    go_on(team)
    assert "画蟹" in team.inner_text("main")
    go_on(team)
    assert "省里在派设计师" in team.inner_text(".case-line")
    return re.search(r"/packages/(\d+)/", team.url)[1]


def fill_round(designer, number, colour, words):
    designer.goto(f"/studio/{number}/")
    designer.click(".case-line .btn-step")
    designer.wait_for_load_state()
    designer.set_input_files("input[name=file]", drawn(colour))
    designer.locator("form[action$='/files/'] button").click()
    designer.wait_for_load_state()
    refused = designer.locator(".errors")
    assert not refused.count(), refused.inner_text()
    assert "正面.png" in designer.inner_text("main")
    designer.fill("textarea[name=words]", words)
    designer.locator("form[action$='/hand-in/'] button").click()
    designer.wait_for_load_state()


def pin(team, x, y, words):
    """A finger on the picture."""
    picture = team.locator("[data-pins]").first
    for _try in range(100):
        if picture.locator("img").first.evaluate("drawn => drawn.complete"):
            break
        time.sleep(0.1)
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] * x, "y": box["height"] * y})
    team.fill("#pin-words", words)
    press(team, "钉上去")


def check(designer, number, height):
    """The check's form, with this height of the outer box."""
    designer.goto(f"/studio/{number}/compliance/")
    pick(designer, "processing", "made")
    designer.fill("input[name=price]", "68")
    designer.fill("input[name=content0-grams]", "5000")
    for row, sides in enumerate((("内袋", "300", "220", "90", "1.2"), ("纸盒", "320", "240", height, "3.8"))):
        for name, value in zip(("name", "length", "width", "height", "cost"), sides, strict=True):
            designer.fill(f"input[name=layer{row}-{name}]", value)
    for name, value in LABEL.items():
        designer.fill(f"[name={name}]", value)
    designer.fill("input[name=shelf_life_months]", "12")
    for nutrient in ("energy", "protein", "fat", "carbohydrate", "sodium"):
        pick(designer, "nutrition", nutrient)
    press(designer, "试算")
    for answer in designer.locator("input[name^=read_]").all():
        answer.fill("对着许可证正本核过")


def test_a_package_from_the_village_to_the_printer(open_page, sign_in, tmp_path):
    team = open_page(PHONE)
    sign_in(team, "13900000032", "白桦", "/c/raohe/desk/")
    with effort_on(team) as effort:
        number = ask(team)
    print(f"\n{effort}")
    assert effort.screens > 5, "it was counted"
    assert effort.seconds <= THREE_MINUTES

    officer = open_page(DESKTOP)
    sign_in(officer, "13900000007", "鲁宁", "/desk/packages/")
    officer.goto("/desk/packages/?list=waiting")
    officer.click(f"a[href$='/packages/{number}/']")
    officer.select_option("select[name=designer]", label="温砚")
    press(officer, "派给这位")
    assert "温砚" in officer.inner_text(".case-line")

    designer = open_page(DESKTOP)
    sign_in(designer, "13900000008", "温砚", "/studio/")
    fill_round(designer, number, "#9E3322", "先看颜色")

    team.goto(f"{HERE}{number}/rounds/1/")
    pin(team, 0.5, 0.15, "字大一点，老人看得清。")
    pin(team, 0.5, 0.5, "这儿画一只蟹。")
    assert team.locator(".pin-list li").count() == 2
    placed = team.locator("svg.pins circle").first.get_attribute("cy")
    assert 12 <= float(placed.rstrip("%")) <= 18
    assert not team.locator("button:has-text('选定这一稿')").count()
    press(team, "请设计师改一稿")

    designer.goto(f"/studio/{number}/rounds/1/")
    for _pin in range(2):
        designer.locator("form[action*='/pins/'] [name=answer]").first.fill("改了")
        designer.locator("form[action*='/pins/'] button").first.click()
        designer.wait_for_load_state()
    fill_round(designer, number, "#1D5B48", "两处都改了")
    team.goto(f"{HERE}{number}/rounds/2/")
    team.on("dialog", lambda dialog: dialog.accept())
    press(team, "选定这一稿")
    assert "第 2 稿" in team.inner_text(".case-line")

    designer.goto(f"/studio/{number}/")
    designer.set_input_files("#print", printed())
    designer.locator("form[action$='/print/'] button").click()
    designer.wait_for_load_state()
    check(designer, number, "600")
    assert "空隙率" in designer.inner_text("#report")
    press(designer, "记下结果")
    assert "51.2%" in designer.inner_text("main")  # (320×240×600 − 4.5×5000×1000) ÷ 320×240×600, above 30 %
    team.goto(f"{HERE}{number}/")
    assert "没有过" in team.inner_text(".case-line")
    check(designer, number, "300")
    press(designer, "记下结果")
    assert "等另一个人复核" in designer.inner_text("main")
    officer.goto(f"/desk/packages/{number}/")
    officer.locator("a:has-text('看整份报告')").first.click()
    officer.fill("#second-words", "对着许可证正本又看了一遍，一致")
    press(officer, "和原文一致，通过")
    assert "两个人核过" in officer.inner_text("main")

    team.goto(f"{HERE}{number}/")
    producer = team.locator("a[href*='/desk/producers/']").first.get_attribute("href")
    manager = open_page(DESKTOP)
    sign_in(manager, "13900000031", MANAGER, "/c/raohe/desk/")
    manager.goto(producer)
    manager.select_option("select[name=person]", label="尤秋")
    press(manager, "写在这一家")
    assert "尤秋" in manager.inner_text("#accounts")
    team.goto(f"{HERE}{number}/")
    team.select_option("select[name=owner]", label="尤秋")
    press(team, "写上")
    for phone, name, words in (
        ("13900000032", "白桦", "签字：村里"),
        ("13900000034", "关澜", "签字：县市场监管"),
        ("13900000035", "尤秋", "签字：品牌主"),
    ):
        signer = team if name == "白桦" else open_page(PHONE)
        if signer is not team:
            sign_in(signer, phone, name, f"{HERE}{number}/")
        signer.goto(f"{HERE}{number}/sign/")
        fingerprint = signer.locator("input[name=seen]").first.input_value()
        assert fingerprint in signer.inner_text("main")
        press(signer, words)
    assert "三方都签了" in signer.inner_text(".case-line")

    designer.goto(f"/studio/{number}/")
    for _try in range(30):
        if designer.locator("form[action$='/hand-over/'] button").count():
            break
        designer.wait_for_timeout(1000)
        designer.reload()
    designer.check("input[name=rights]")
    designer.check("input[name=thanks]")
    designer.locator("form[action$='/hand-over/'] button").click()
    designer.wait_for_load_state()

    team.goto(f"{HERE}{number}/")
    pack = team.request.get(team.locator("a[href*='/desk/papers/']:has-text('.zip')").get_attribute("href"))
    assert pack.status == 200
    look_into(pack.body(), fingerprint, tmp_path)
    go_on(team)
    assert "做好了" in team.inner_text(".case-line")
    team.set_input_files("#finished", photo())
    press(team, "放上产品页")

    shopper = open_page(PHONE)
    shopper.goto("/search/?q=" + RICE)
    shopper.click(f"a:has-text('{RICE}')")
    shopper.wait_for_load_state()
    assert "温砚" in shopper.inner_text("main")
    for _try in range(30):
        if shopper.locator(".gallery img[src*='/photos/']").count():
            break
        shopper.wait_for_timeout(1000)
        shopper.reload()
    assert shopper.locator(".gallery img[src*='/photos/']").count()


def look_into(data, fingerprint, folder):
    """Members, manifest and hashes agree; every page of every PDF is drawn and the sheet is not blank."""
    box = zipfile.ZipFile(io.BytesIO(data))
    assert box.testzip() is None
    manifest = json.loads(box.read("manifest.json"))
    assert manifest["files_sha256"] == fingerprint
    assert manifest["sku"]["name"] == "5 kg"
    assert [one["side"] for one in manifest["signed"]] == ["village", "supervision", "owner"]
    assert {one["name"] for one in manifest["files"]} == {"print/印刷.pdf", "pictures/正面.png"}
    for one in [*manifest["files"], manifest["sheet"]]:
        assert hashlib.sha256(box.read(one["name"])).hexdigest() == one["sha256"]
    assert set(box.namelist()) == {one["name"] for one in manifest["files"]} | {"manifest.json", "签字单.pdf"}
    for name in box.namelist():
        if name.endswith(".pdf"):
            document = pypdfium2.PdfDocument(box.read(name))
            for place, page in enumerate(document):
                drawn_page = page.render(scale=1.5).to_pil()
                drawn_page.save(folder / f"{name.replace('/', '-')}-{place}.png")
                if name == "签字单.pdf" and place == 0:
                    assert ImageStat.Stat(drawn_page.convert("L")).stddev[0] > 10, "a blank sheet"
    words = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(box.read("签字单.pdf")))
    for name in ("白桦", "关澜", "尤秋", "温砚", "5 kg"):
        assert name in words.replace("\r\n", "")
