"""(g) A story with somebody in it: written, approved, found; the consent is taken back and it is gone."""

import io
import random
import time
from datetime import date, timedelta

from tests.browsers import DESKTOP, PHONE

WITHIN = 60  # seconds after a withdrawal
STORIES = "/c/wuchang/desk/stories/"


def picture(colour):
    from PIL import Image

    kept = io.BytesIO()
    Image.new("RGB", (900, 675), colour).save(kept, "JPEG")
    return {"name": "老赵.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def somebody():
    """A name nobody else in the demo has, so that the walk can be walked again."""
    return "赵" + "".join(random.sample("福贵禄康宁安泰丰盈瑞祥和顺", 2)) + random.choice("山河林川")


def record_consent(page, name):
    """On a phone, as a team member would: the signed paper photographed."""
    page.goto("/c/wuchang/desk/consents/new/")
    page.fill("input[name=name]", name)
    for purpose in ("for_photo", "for_name", "for_story"):
        page.check(f"input[name={purpose}]")
    page.fill("input[name=until]", (date.today() + timedelta(days=200)).isoformat())
    page.set_input_files("input[name=paper]", picture("#F6F0E0"))
    page.click("main form button.btn-step")
    page.wait_for_url("**/desk/consents/*/")
    assert "有效" in page.inner_text("main")
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def upload_photo(page, title, consent):
    page.goto("/c/wuchang/cms/images/add/")
    page.fill("input[name=title]", title)
    page.set_input_files("input[name=file]", picture("#B5473A"))
    page.check("input[name=people][value=yes]")
    page.check(f"input[name=consents][value='{consent}']")
    page.evaluate("document.querySelector('input[name=people]').form.requestSubmit()")
    page.wait_for_url("**/cms/images/")


def add_block(page, words):
    page.locator("[data-contentpath=body] button.c-sf-add-button:visible").last.click()
    page.locator("[role=option]:visible", has_text=words).first.click()


def choose_photo(page, photo):
    """Wagtail's chooser answers a click only when its script has come: press until the window opens."""
    from playwright.sync_api import TimeoutError as TooSlow

    choice = page.locator("a[data-chooser-modal-choice]", has_text=photo).first
    for _ in range(6):
        page.locator("#id_photo-chooser [data-chooser-action-choose]:visible").first.click()
        try:
            choice.wait_for(timeout=8_000)
        except TooSlow:
            continue
        choice.click()
        page.locator(".modal-body").wait_for(state="detached")
        return
    raise AssertionError("the chooser of pictures never opened")


def write_story(page, title, photo, consent):
    page.goto(STORIES)
    page.click("a:has-text('写一个故事')")
    page.wait_for_load_state("networkidle")
    page.fill("[name=title]", title)
    page.fill("[name=standfirst]", "水先晒一天，再进田。")
    choose_photo(page, photo)
    add_block(page, "文字")
    page.locator("[data-contentpath=body] .public-DraftEditor-content").first.click()
    page.keyboard.type(f"{title}，说的是一家人守着晒水池，等水暖了再放进田里。")
    for place in (1, 2):
        add_block(page, "产品")
        page.select_option(f"select[name=body-{place}-value-product]", index=place)
    page.check(f"input[name=told][value='{consent}']")
    page.wait_for_timeout(2_000)  # Wagtail saves a draft by itself after each change: let it, then hand in
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelector('#page-edit-form [name=action-submit]').click()")
    page.wait_for_url(lambda url: "/add/" not in url)


def pass_it(page, title):
    """Whoever's turn it is looks at it on the desk and passes it."""
    page.goto(STORIES)
    page.click(f"a:has-text('{title}')")
    page.wait_for_load_state()
    page.click("form[action$='/approve/'] button.btn-step")
    page.wait_for_load_state()
    return page.inner_text("main")


def found_stories(page, title):
    page.goto(f"/search/?q={title}&tab=stories")
    return page.locator(f"main a:has-text('{title}')")


def gone(page, *checks):
    """Until everything is gone; what is not after a minute fails."""
    limit = time.monotonic() + WITHIN
    while True:
        left = [name for name, still in checks if still()]
        if not left:
            return
        assert time.monotonic() < limit, f"still there after {WITHIN} s: {left}"
        time.sleep(1)


def test_a_story_is_written_approved_found_and_gone_with_its_consent(open_page, sign_in):
    name = somebody()
    title, photo = f"{name}家的晒水池", f"{name}在地头"

    phone = open_page(PHONE)
    sign_in(phone, "13900000012", "佟岩", "/c/wuchang/desk/")
    consent = record_consent(phone, name)

    editor = open_page(DESKTOP)
    sign_in(editor, "13900000012", "佟岩", "/c/wuchang/cms/")
    upload_photo(editor, photo, consent)
    write_story(editor, title, photo, consent)

    shopper = open_page(PHONE)
    assert found_stories(shopper, title).count() == 0  # not before it is approved

    manager = open_page(DESKTOP)
    sign_in(manager, "13900000011", "周启航", STORIES)
    if "省里在审" in pass_it(manager, title):  # a county in 托管: the province looks at it too
        province = open_page(DESKTOP)
        sign_in(province, "13900000001", "林雪", STORIES)
        pass_it(province, title)

    link = found_stories(shopper, title).first
    tab = shopper.inner_text(".tabs [aria-current=page]")
    assert tab.startswith("故事")
    assert int(tab.split()[-1]) >= 1
    link.click()
    shopper.wait_for_load_state()
    story = shopper.url
    body = shopper.inner_text("main")
    assert title in body
    assert shopper.locator(".live-card").count() == 2
    assert "¥" in shopper.locator(".live-card").first.inner_text()
    files = shopper.eval_on_selector_all("main img", "all => all.map(one => one.currentSrc || one.src)")
    faces = [address for address in files if "/media/" in address and "/images/" in address]
    assert faces
    assert all(shopper.request.get(address).status == 200 for address in faces)
    card = shopper.request.get("/stories/").text()
    assert title in card

    phone.goto(f"/c/wuchang/desk/consents/{consent}/")
    assert title in phone.inner_text("main")  # the desk says where the consent is used
    phone.on("dialog", lambda dialog: dialog.accept())
    phone.fill("input[name=note]", "本人来电话，不愿意再登了")
    phone.click("form[action$='/withdraw/'] button")
    phone.wait_for_load_state()
    assert "撤回" in phone.inner_text("main")

    gone(
        shopper,
        ("page", lambda: shopper.request.get(story).status != 404),
        ("pictures", lambda: any(shopper.request.get(address).status != 404 for address in faces)),
        ("search", lambda: found_stories(shopper, title).count() > 0),
        ("list", lambda: title in shopper.request.get("/stories/").text()),
        ("home", lambda: title in shopper.request.get("/").text()),
        ("pavilion", lambda: title in shopper.request.get("/c/wuchang/").text()),
        ("feed", lambda: title in shopper.request.get("/c/wuchang/stories.atom").text()),
    )
    phone.reload()
    assert "清干净" in phone.inner_text("main")
