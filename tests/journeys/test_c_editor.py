"""(c) An editor of one county edits and previews its page and is refused in another."""

from tests.browsers import DESKTOP


def test_an_editor_writes_previews_and_hands_in(open_page, sign_in):
    page = open_page(DESKTOP)
    sign_in(page, "13900000012", "佟岩", "/c/wuchang/cms/")
    page.goto("/c/wuchang/cms/pages/")
    page.click("a:has-text('五常市')")
    page.wait_for_load_state()
    page.click("a:has-text('拉林河的水')")
    page.wait_for_load_state()
    if "/edit/" not in page.url:
        page.goto(page.url.rstrip("/") + "/edit/")
    page.fill("input[name=standfirst]", "从张广才岭下来的两条河，慢慢养一季稻。")
    action = page.url.replace("/edit/", "/edit/preview/")
    page.locator("[data-side-panel-toggle=preview], [aria-label*='预览'], button:has-text('预览')").first.click()
    inside = page.frame_locator("iframe[data-preview-iframe], iframe#w-preview-iframe, .w-preview iframe").first
    inside.get_by_text("慢慢养一季稻").first.wait_for(timeout=40_000)
    assert "/c/wuchang/" in action
    assert page.goto("/c/dongning/cms/").status == 404
    assert page.goto("/c/dongning/desk/").status == 404
    assert page.goto("/desk/").status == 403


def edit_story(page):
    page.goto("/c/wuchang/cms/pages/")
    page.click("a:has-text('五常市')")
    page.wait_for_load_state()
    page.click("a:has-text('拉林河的水')")
    page.wait_for_load_state()
    if "/edit/" not in page.url:
        page.goto(page.url.rstrip("/") + "/edit/")


def press(page, action):
    """Wagtail keeps the lesser actions in a fold of its footer: press the button itself."""
    page.evaluate("name => document.querySelector(`#page-edit-form [name=${name}]`).click()", action)
    page.wait_for_load_state("networkidle")


def test_what_the_editor_submits_the_county_and_the_province_pass(open_page, sign_in):
    words = "两条河，一季稻，慢慢来。"
    editor = open_page(DESKTOP)
    sign_in(editor, "13900000012", "佟岩", "/c/wuchang/cms/")
    edit_story(editor)
    assert editor.locator("#page-edit-form [name=action-publish]").count() == 0
    if editor.locator("#page-edit-form [name=action-submit]").count():  # else an earlier walk handed it in
        editor.fill("input[name=standfirst]", words)
        press(editor, "action-submit")
    stranger = open_page(DESKTOP)
    stranger.goto("/c/wuchang/story/")
    assert words not in stranger.inner_text("main")  # not before it is approved
    manager = open_page(DESKTOP)
    sign_in(manager, "13900000011", "周启航", "/c/wuchang/desk/stories/")
    manager.click("main a:has-text('拉林河的水')")
    assert words in manager.inner_text("main")
    manager.click("form[action$='/approve/'] button.btn-step")
    manager.wait_for_load_state()
    stranger.goto("/c/wuchang/story/")
    assert words not in stranger.inner_text("main")  # 五常 is still 托管: the province reads it, too
    province = open_page(DESKTOP)
    sign_in(province, "13900000001", "林雪", "/desk/")
    province.click("main a:has-text('拉林河的水')")
    assert words in province.inner_text("main")  # what changed stands beside the preview
    province.click("form[action$='/approve/'] button.btn-step")
    province.wait_for_load_state()
    stranger.goto("/c/wuchang/story/")
    assert words in stranger.inner_text("main")
