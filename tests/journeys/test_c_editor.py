"""(c) An editor of one county edits and previews its page and is refused in another."""

from tests.journeys.conftest import DESKTOP


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
    frame = page.wait_for_selector(
        "iframe[data-preview-iframe], iframe#w-preview-iframe, .w-preview iframe"
    ).content_frame()
    frame.wait_for_selector("text=慢慢养一季稻", timeout=30_000)
    assert "/c/wuchang/" in action
    assert page.goto("/c/dongning/cms/").status == 404
    assert page.goto("/c/dongning/desk/").status == 404
    assert page.goto("/desk/").status == 403


def test_what_the_editor_submits_the_manager_publishes(open_page, sign_in):
    editor = open_page(DESKTOP)
    sign_in(editor, "13900000012", "佟岩", "/c/wuchang/cms/")
    editor.goto("/c/wuchang/cms/pages/")
    editor.click("a:has-text('五常市')")
    editor.wait_for_load_state()
    editor.click("a:has-text('拉林河的水')")
    editor.wait_for_load_state()
    if "/edit/" not in editor.url:
        editor.goto(editor.url.rstrip("/") + "/edit/")
    editor.fill("input[name=standfirst]", "两条河，一季稻，慢慢来。")
    editor.evaluate("document.querySelector('#page-edit-form [name=action-submit]').click()")
    editor.wait_for_load_state()
    stranger = open_page(DESKTOP)
    stranger.goto("/c/wuchang/story/")
    assert "两条河，一季稻" not in stranger.inner_text("main")  # not before it is approved
