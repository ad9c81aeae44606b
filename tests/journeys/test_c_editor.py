"""(c) An editor of one county edits and previews its page and is refused in another."""

import pytest

from tests.browsers import DESKTOP

CHOICE = "#page-edit-form select[name$='-value-product']"
KEPT = 4_000  # milliseconds, in which the editor has stored whatever it noticed
WITH_THE_DRAFT_UNDER_WAY = (800, 1_000, 1_200)  # milliseconds after a change: looking, waiting and sending


def test_an_editor_writes_previews_and_hands_in(open_page, sign_in):
    page = open_page(DESKTOP)
    sign_in(page, "13900000012", "佟岩", "/c/wuchang/cms/")
    edit_story(page)
    page.fill("input[name=standfirst]", "从张广才岭下来的两条河，慢慢养一季稻。")
    action = page.url.replace("/edit/", "/edit/preview/")
    page.locator("[data-side-panel-toggle=preview], [aria-label*='预览'], button:has-text('预览')").first.click()
    inside = page.frame_locator("iframe[data-preview-iframe], iframe#w-preview-iframe, .w-preview iframe").first
    inside.get_by_text("慢慢养一季稻").first.wait_for(timeout=40_000)
    assert "/c/wuchang/" in action
    assert page.goto("/c/dongning/cms/").status == 404
    assert page.goto("/c/dongning/desk/").status == 404
    assert page.goto("/desk/").status == 403


def edit_story(page, slug="wuchang", county="五常市", title="拉林河的水"):
    page.goto(f"/c/{slug}/cms/pages/")
    page.click(f"a:has-text('{county}')")
    page.wait_for_load_state()
    page.click(f"a:has-text('{title}')")
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


def a_story_open_for_writing(open_page, sign_in):
    page = open_page(DESKTOP)
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, "13900000021", "刘杉", "/c/dongning/cms/")  # of 东宁: the story of 五常 is handed in above
    edit_story(page, "dongning", "东宁市", "柞木段倒了又立起来")
    page.wait_for_load_state("networkidle")
    return page


def choose_another(page):
    """The product a card did not show before, chosen by hand; returns its number."""
    card = page.locator(CHOICE).first
    before = card.input_value()
    card.focus()
    page.keyboard.press("ArrowDown")
    if card.input_value() == before:  # it was the last
        page.keyboard.press("ArrowUp")
    assert card.input_value() != before
    return card.input_value()


def chosen_in_the_end(page):
    page.wait_for_timeout(KEPT)
    page.reload(wait_until="networkidle")
    return page.locator(CHOICE).first.input_value()


def chosen_while_a_draft_goes_out(page, wait):
    page.wait_for_timeout(2_500)  # the editor has had its first look
    page.fill("input[name=standfirst]", f"柞木段上长耳子，等了 {wait} 毫秒。")
    page.wait_for_timeout(wait)
    return choose_another(page)


@pytest.mark.parametrize("wait", WITH_THE_DRAFT_UNDER_WAY)
def test_what_is_chosen_while_a_draft_goes_out_is_kept(open_page, sign_in, wait):
    page = a_story_open_for_writing(open_page, sign_in)
    chosen = chosen_while_a_draft_goes_out(page, wait)
    assert chosen_in_the_end(page) == chosen


def test_what_is_chosen_at_once_is_kept(open_page, sign_in):
    page = a_story_open_for_writing(open_page, sign_in)
    page.reload(wait_until="domcontentloaded")
    chosen = choose_another(page)
    assert chosen_in_the_end(page) == chosen


def test_without_our_piece_a_choice_would_be_lost(open_page, sign_in):
    """The mutant: the editor as it comes takes what was chosen meanwhile for stored."""
    page = a_story_open_for_writing(open_page, sign_in)
    page.route("**/cms/keeping*.js", lambda route: route.abort())
    lost = []
    for wait in WITH_THE_DRAFT_UNDER_WAY:
        page.reload(wait_until="networkidle")
        chosen = chosen_while_a_draft_goes_out(page, wait)
        lost.append(chosen_in_the_end(page) != chosen)
    assert any(lost)


def test_leaving_before_the_draft_is_stored_is_asked_about(open_page, sign_in):
    page = a_story_open_for_writing(open_page, sign_in)
    asked = []
    page.on("dialog", lambda dialog: asked.append(dialog.type))
    page.reload(wait_until="domcontentloaded")
    page.route("**/edit/", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    choose_another(page)
    page.wait_for_timeout(700)
    page.goto("/c/dongning/cms/pages/")
    assert asked == ["beforeunload"]
