"""Who may pass which step, by role and by the county's stage; a refused act changes nothing."""

import pytest
from django.core.exceptions import PermissionDenied

from tenants.scope import county_scope

pytestmark = pytest.mark.django_db

WORDS = [("text", "<p>稻子熟了。</p>")]


@pytest.fixture
def people(manager, editor, team_member, coordinator, auditor, shopper, manager_elsewhere):
    return {
        "editor": editor,
        "manager": manager,
        "team": team_member,
        "coordinator": coordinator,
        "auditor": auditor,
        "shopper": shopper,
        "elsewhere": manager_elsewhere,
        "stranger": None,
    }


@pytest.fixture
def story(wuchang, editor, write):
    return write(wuchang, by=editor, body=WORDS)


def again(county, page):
    with county_scope(county):
        return type(page).objects.get(pk=page.pk)


def hand_in(county, page, by):
    from cms import approval

    with county_scope(county):
        approval.hand_in(page, by=by)


def approve(county, page, by, **more):
    from cms import approval

    with county_scope(county):
        approval.approve(page, by=by, **more)


def standing_of(county, page):
    from cms.standing import standing

    with county_scope(county):
        return str(standing(type(page).objects.get(pk=page.pk)))


def items(kind="story.review"):
    from kernel.models import InboxItem

    return list(InboxItem.objects.filter(kind=kind, done_at__isnull=True).values_list("role", "county_code", "title"))


def here(page, act=""):
    return f"/c/wuchang/desk/stories/{page.pk}/{act}"


# --- the road -------------------------------------------------------------------------------------
def test_in_custody_the_county_and_then_the_province_approve(wuchang, story, editor, manager, coordinator):
    hand_in(wuchang, story, editor)
    assert standing_of(wuchang, story) == "county"
    assert items() == [("county_manager", "230184", "拉林河的水")]
    approve(wuchang, story, manager)
    assert standing_of(wuchang, story) == "province"
    assert not again(wuchang, story).live
    assert items() == [("coordinator", "230184", "拉林河的水")]
    approve(wuchang, story, coordinator)
    assert standing_of(wuchang, story) == "live"
    assert items() == []


def test_after_custody_the_county_has_the_last_word(support, story, editor, manager):
    hand_in(support, story, editor)
    approve(support, story, manager)
    assert standing_of(support, story) == "live"
    assert items() == []


def test_what_is_published_stands_in_the_provinces_search(support, story, editor, manager):
    from search.models import StoryCard

    hand_in(support, story, editor)
    assert not StoryCard.objects.exists()
    approve(support, story, manager)
    assert StoryCard.objects.get().title == "拉林河的水"


# --- the table ------------------------------------------------------------------------------------
# Who may pass which step: 302 done, 403 refused, 404 no such desk here, "in" sent to sign in.
PASSES = {
    ("custody", "county"): {"manager"},
    ("custody", "province"): {"coordinator"},
    ("support", "county"): {"manager"},
    ("oversight", "county"): {"manager"},
}
NO_DESK_HERE = {"shopper", "elsewhere"}


@pytest.mark.parametrize("act", ["approve", "return"])
@pytest.mark.parametrize(("stage", "step"), PASSES)
def test_only_the_one_whose_turn_it_is_passes_or_returns(wuchang, story, people, client_for, stage, step, act):
    wuchang.stage = stage
    wuchang.save()
    hand_in(wuchang, story, people["editor"])
    if step == "province":
        approve(wuchang, story, people["manager"])
    before = standing_of(wuchang, story)
    may = PASSES[stage, step]
    for who, user in people.items():
        if who in may:
            continue
        answer = client_for(user).post(here(story, f"{act}/"), {"note": "第二段没有出处。"})
        assert answer.status_code in ({404} if who in NO_DESK_HERE else {302, 403}), who
        assert standing_of(wuchang, story) == before, who
        assert not again(wuchang, story).live, who
    for who in may:
        answer = client_for(people[who]).post(here(story, f"{act}/"), {"note": "第二段没有出处。"})
        assert answer.status_code == 302
        assert standing_of(wuchang, story) != before


@pytest.mark.parametrize(
    ("who", "status"),
    [("editor", 200), ("manager", 200), ("coordinator", 200), ("auditor", 200), ("team", 403), ("shopper", 404),
     ("elsewhere", 404)],
)  # fmt: skip
def test_who_sees_the_list_a_page_and_its_preview(wuchang, story, people, client_for, who, status):
    client = client_for(people[who])
    for path in ("/c/wuchang/desk/stories/", here(story), here(story, "preview/")):
        assert client.get(path).status_code == status, path


def test_the_preview_shows_the_words_that_wait(wuchang, story, coordinator, client_for):
    answer = client_for(coordinator).get(here(story, "preview/"))
    assert "稻子熟了" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert client_for().get("/c/wuchang/river/").status_code == 404


# --- the editor's publish is refused --------------------------------------------------------------
POSTED = {
    "slug": "river", "date": "2026-11-22", "author": "", "place": "place-paddy", "photo": "", "village": "",
    "seo_title": "", "search_description": "", "body-count": "1", "body-0-deleted": "", "body-0-order": "0",
    "body-0-type": "heading", "body-0-id": "", "body-0-value": "改过", "sources-count": "0", "standfirst": "改过的一句话",
    "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", "comments-MIN_NUM_FORMS": "0",
    "comments-MAX_NUM_FORMS": "0", "title": "拉林河的水",
}  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "who", "published"),
    [
        ("custody", "editor", False),
        ("custody", "manager", False),
        ("support", "editor", False),
        ("support", "manager", True),
        ("oversight", "editor", False),
    ],
)
def test_wagtails_own_publish_button_obeys_the_stage(wuchang, story, people, client_for, stage, who, published):
    wuchang.stage = stage
    wuchang.save()
    answer = client_for(people[who]).post(
        f"/c/wuchang/cms/pages/{story.pk}/edit/", {**POSTED, "action-publish": "action-publish"}
    )
    assert answer.status_code in {200, 302}
    assert again(wuchang, story).live is published


def test_an_editor_cannot_publish_by_any_door_of_wagtail(wuchang, story, editor, client_for):
    client = client_for(editor)
    for path in (
        f"/c/wuchang/cms/bulk/wagtailcore/page/publish/?id={story.pk}",
        f"/c/wuchang/cms/api/main/pages/{story.pk}/action/publish/",
    ):
        client.post(path, {"next": "/c/wuchang/cms/"})
        assert not again(wuchang, story).live, path
    with county_scope(wuchang), pytest.raises(PermissionDenied):
        story.get_latest_revision().publish(user=editor)


def test_a_new_page_with_a_publish_button_stays_a_draft(wuchang, editor, client_for):
    from cms.models import CountyHome, StoryPage

    with county_scope(wuchang):
        home = CountyHome.objects.get().pk
    client_for(editor).post(
        f"/c/wuchang/cms/pages/add/cms/storypage/{home}/", {**POSTED, "action-publish": "action-publish"}
    )
    with county_scope(wuchang):
        assert not StoryPage.objects.get(slug="river").live


def test_the_manager_approves_in_wagtail_too_and_the_province_still_decides(
    wuchang, story, manager, editor, client_for
):
    hand_in(wuchang, story, editor)
    with county_scope(wuchang):
        turn = again(wuchang, story).current_workflow_task_state.pk
    address = f"/c/wuchang/cms/pages/workflow/action/{story.pk}/approve/{turn}/"
    client_for(manager).post(address)
    assert standing_of(wuchang, story) == "province"
    assert items() == [("coordinator", "230184", "拉林河的水")]


@pytest.mark.parametrize(("stage", "then"), [("custody", "province"), ("support", "live")])
def test_words_changed_and_approved_in_one_press_go_on(wuchang, story, manager, editor, client_for, stage, then):
    """Wagtail's form saves and approves at once: the page goes on with these words, not back to who wrote them."""
    from kernel.models import AuditEntry

    wuchang.stage = stage
    wuchang.save()
    hand_in(wuchang, story, editor)
    press = {"action-workflow-action": "true", "workflow-action-name": "approve", "workflow-action-extra-data": "{}"}
    client_for(manager).post(f"/c/wuchang/cms/pages/{story.pk}/edit/", {**POSTED, **press})
    assert standing_of(wuchang, story) == then
    page = again(wuchang, story)
    with county_scope(wuchang):
        words = page if then == "live" else page.current_workflow_task_state.revision.as_object()
        assert words.standfirst == "改过的一句话"
    noted = AuditEntry.objects.filter(action="story.approve", object_id=str(story.pk))
    assert [entry.by_id for entry in noted] == [manager.pk]


def test_handed_in_here_or_in_wagtails_editor_the_trail_says_so_once(wuchang, story, editor, client_for):
    from kernel.models import AuditEntry

    client_for(editor).post(f"/c/wuchang/cms/pages/{story.pk}/edit/", {**POSTED, "action-submit": "true"})
    assert standing_of(wuchang, story) == "county"
    noted = AuditEntry.objects.filter(action="story.hand_in", object_id=str(story.pk))
    assert [entry.by_id for entry in noted] == [editor.pk]


# --- returning ------------------------------------------------------------------------------------
def test_returning_needs_a_word_and_reaches_who_handed_in(wuchang, story, editor, manager, client_for):
    from kernel.models import InboxItem

    hand_in(wuchang, story, editor)
    client = client_for(manager)
    answer = client.post(here(story, "return/"), {"note": "  "})
    assert answer.status_code == 400
    assert "写一句要改什么" in answer.content.decode()
    assert standing_of(wuchang, story) == "county"
    client.post(here(story, "return/"), {"note": "第二段的产量没有出处。"})
    assert standing_of(wuchang, story) == "returned"
    item = InboxItem.objects.get(kind="story.mend", done_at__isnull=True)
    assert (item.person, item.returned_by, item.title) == (editor, manager, "拉林河的水")
    assert "第二段的产量没有出处" in client_for(editor).get(here(story)).content.decode()


def test_what_the_province_returned_goes_to_the_county_first(wuchang, story, editor, manager, coordinator):
    from cms import approval

    hand_in(wuchang, story, editor)
    approve(wuchang, story, manager)
    with county_scope(wuchang):
        approval.send_back(story, by=coordinator, note="换一张照片。")
        page = again(wuchang, story)
        page.standfirst = "换好了"
        page.save_revision(user=editor)
    hand_in(wuchang, story, editor)
    assert standing_of(wuchang, story) == "county"
    assert items("story.mend") == []


def test_resubmitting_in_wagtail_cannot_jump_over_the_county(wuchang, story, editor, manager, coordinator):
    """Wagtail resumes at the step that refused; changed words go to the county all the same."""
    from cms import approval

    hand_in(wuchang, story, editor)
    approve(wuchang, story, manager)
    with county_scope(wuchang):
        approval.send_back(story, by=coordinator, note="换一张照片。")
        page = again(wuchang, story)
        page.standfirst = "改得完全不同"
        page.save_revision(user=editor)
        page.current_workflow_state.resume(user=editor)
    assert standing_of(wuchang, story) == "county"
    approve(wuchang, story, manager)
    assert standing_of(wuchang, story) == "province"
    assert not again(wuchang, story).live


# --- two at once, changed meanwhile ---------------------------------------------------------------
def test_what_changed_while_it_was_read_is_not_approved(support, story, editor, manager):
    from cms.errors import ChangedMeanwhile

    hand_in(support, story, editor)
    seen = again(support, story).latest_revision_id
    with county_scope(support):
        page = again(support, story)
        page.standfirst = "偷偷改"
        page.save_revision(user=manager)
        state = page.current_workflow_task_state
        state.cancel(user=manager, resume=True)
    with pytest.raises(ChangedMeanwhile):
        approve(support, story, manager, seen=seen)
    assert not again(support, story).live


def test_the_second_of_two_approvals_is_refused_with_a_sentence(wuchang, story, editor, manager):
    from cms.errors import NotYourTurn

    hand_in(wuchang, story, editor)
    approve(wuchang, story, manager)
    with pytest.raises(NotYourTurn):
        approve(wuchang, story, manager)
    assert standing_of(wuchang, story) == "province"


def test_handing_in_twice_is_refused(wuchang, story, editor):
    from cms.errors import NothingToHandIn

    hand_in(wuchang, story, editor)
    with pytest.raises(NothingToHandIn):
        hand_in(wuchang, story, editor)


def test_while_the_province_reads_nobody_of_the_county_edits(wuchang, story, editor, manager):
    hand_in(wuchang, story, editor)
    approve(wuchang, story, manager)
    with county_scope(wuchang):
        page = again(wuchang, story)
        assert page.get_lock().for_user(manager)
        assert page.get_lock().for_user(editor)


def test_taking_back_a_page_closes_the_items(wuchang, story, editor):
    hand_in(wuchang, story, editor)
    with county_scope(wuchang):
        again(wuchang, story).current_workflow_state.cancel(user=editor)
    assert items() == []
    assert standing_of(wuchang, story) == "draft"


# --- taking down ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "done"), [("manager", True), ("coordinator", True), ("editor", False), ("team", False)]
)
def test_who_takes_a_page_down(wuchang, people, client_for, write, who, done):
    from search.models import StoryCard

    page = write(wuchang, by=people["editor"], body=WORDS, live=True)
    answer = client_for(people[who]).post(here(page, "withdraw/"), {"note": "照片要换。"})
    assert answer.status_code == (302 if done else 403)
    assert again(wuchang, page).live is not done
    assert StoryCard.objects.exists() is not done


# --- a neighbour ----------------------------------------------------------------------------------
@pytest.mark.parametrize("act", ["", "preview/", "submit/", "approve/", "return/", "withdraw/"])
def test_a_neighbours_page_is_not_there(wuchang, dongning, manager_elsewhere, manager, client_for, write, act):
    for number in range(3):
        foreign = write(dongning, "金丝雀唱了", slug=f"canary-{number}", body=WORDS)
    client = client_for(manager)
    method = client.get if act in {"", "preview/"} else client.post
    answer = method(f"/c/wuchang/desk/stories/{foreign.pk + 500}/{act}")
    assert answer.status_code == 404
    answer = method(f"/c/dongning/desk/stories/{foreign.pk}/{act}")
    assert answer.status_code == 404
    assert "金丝雀" not in answer.content.decode()


# --- what must be there ---------------------------------------------------------------------------
def test_a_gate_stops_every_way_out(support, story, editor, manager, client_for, monkeypatch):
    from cms import gates
    from cms.errors import NotReadyToShow

    hand_in(support, story, editor)
    monkeypatch.setattr(gates, "_gates", [lambda page: ["照片里的人还没有同意书。"]])
    with pytest.raises(NotReadyToShow):
        approve(support, story, manager)
    answer = client_for(manager).post(here(story, "approve/"), follow=True)
    assert "照片里的人还没有同意书" in answer.content.decode()
    answer = client_for(manager).post(
        f"/c/wuchang/cms/pages/{story.pk}/edit/", {**POSTED, "action-publish": "action-publish"}, follow=True
    )
    assert answer.status_code == 200
    assert "照片里的人还没有同意书" in answer.content.decode()
    assert not again(support, story).live


def test_the_reviewer_sees_what_changed_and_nothing_else(wuchang, editor, manager, client_for, write, sell):
    sell(wuchang, 12, title="稻花香大米")
    body = [*WORDS, ("shelf", {"title": "当季", "products": [12], "category": None, "count": 3})]
    body.append(("numbers", {"numbers": [{"number": "3", "words": "个池子"}]}))
    page = write(wuchang, by=editor, body=body, live=True)
    with county_scope(wuchang):
        page = again(wuchang, page)
        page.standfirst = "水先晾半天。"
        page.save_revision(user=editor)
    told = client_for(manager).get(here(page)).content.decode()
    assert "水先晾半天" in told
    assert told.count("story-diff") == 1  # the sentence; the body is as it was
    with county_scope(wuchang):
        page = again(wuchang, page).get_latest_revision_as_object()
        page.body = [*body[1:], ("text", "<p>新的一段。</p>")]
        page.save_revision(user=editor)
    told = client_for(manager).get(here(page)).content.decode()
    assert told.count("story-diff") == 2
    assert "新的一段" in told
    assert "稻花香大米" in told  # goods by name, not by number
