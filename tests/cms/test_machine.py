"""The approval road of a story: whatever people press in whatever order, nothing is skipped or lost."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from tenants.scope import county_scope
from tests.pressing import UNTIL_SEEN, Doors, open_items, those_who_see, walk

pytestmark = pytest.mark.django_db
PEOPLE = ("editor", "other", "team", "manager", "coordinator")
BUTTONS = ("submit", "approve", "return", "withdraw")
WORDS = [("text", "<p>稻子熟了。</p>")]


class Road(Doors):
    county, write = None, None
    needs_province = True

    def begin(self):
        self.passed = 0
        return self.write(self.county, by=self.cast["editor"], body=WORDS).pk

    @property
    def page(self):
        from cms.models import StoryPage

        return StoryPage.objects.get(pk=self.pk)

    @rule(name=st.sampled_from(PEOPLE), button=st.sampled_from(BUTTONS), note=st.sampled_from(["", "没有出处"]))
    def any_button(self, name, button, note):
        self.post(name, f"/c/wuchang/desk/stories/{self.pk}/{button}/", note=note)

    @rule(steps=st.lists(st.sampled_from(["submit editor", "approve manager", "approve coordinator"]), max_size=3))
    def by_those_whose_turn_it_is(self, steps):
        for step in steps:
            button, name = step.split()
            self.post(name, f"/c/wuchang/desk/stories/{self.pk}/{button}/", note="没有出处")

    @rule()
    def new_words(self):
        with county_scope(self.county):
            page = self.page
            if page.current_workflow_task_state is None:
                page.title = f"{page.title[:20]}·"
                page.save_revision(user=self.person("other"))

    @rule(name=st.sampled_from(["editor", "other"]))
    def handing_in(self, name):
        self.post(name, f"/c/wuchang/desk/stories/{self.pk}/submit/")

    @rule()
    def whoever_has_it_leaves(self):
        self.close_whoever_has("story")

    @rule()
    def a_return(self):
        self.handing_in("editor")
        self.post("manager", f"/c/wuchang/desk/stories/{self.pk}/return/", note="再写一句")

    @rule(name=st.sampled_from(["editor", "other", "team", "manager"]), really=st.booleans())
    def somebody_leaves(self, name, really):
        if really:
            self.close(name)

    @invariant()
    def what_is_live_was_passed_by_everybody_whose_word_it_needs(self):
        from wagtail.models import TaskState, WorkflowState

        with county_scope(self.county):
            page = self.page
            if not page.live:
                return
            passed = TaskState.objects.filter(
                revision=page.live_revision_id, status="approved", workflow_state__status=WorkflowState.STATUS_APPROVED
            )
            by = set(passed.values_list("finished_by", flat=True))
        wanted = {self.cast["manager"].pk} | ({self.cast["coordinator"].pk} if self.needs_province else set())
        assert by == wanted

    @invariant()
    def whoever_must_act_has_it_on_their_list_and_nobody_else_has_anything(self):
        from cms import approval
        from cms.standing import standing

        with county_scope(self.county):
            page = self.page
            stands = str(standing(page))
            waiting = open_items("story", self.pk)
            kinds = {"county": ["story.review"], "province": ["story.review"], "returned": ["story.mend"]}
            assert [item.kind for item in waiting] == kinds.get(stands, [])
            for item in waiting:
                seeing = those_who_see(item)
                assert seeing, (item.kind, item.role, item.person)
                may = self.person("manager").is_active if stands == "county" else stands == "province"
                assert not may or any(approval.may_pass(page, user) for user in seeing)


@pytest.fixture(params=["custody", "support"])
def road(request, wuchang, write, editor, team_member, manager, coordinator):
    from tests.factories.people import make_person

    wuchang.stage = request.param
    wuchang.save()

    class Here(Road):
        pass

    Here.county, Here.write = wuchang, staticmethod(write)
    Here.needs_province = request.param == "custody"
    Here.cast = {
        "editor": editor,
        "other": make_person("county_editor", wuchang, name="另一位编辑"),
        "team": team_member,
        "manager": manager,
        "coordinator": coordinator,
    }
    return Here


def test_nothing_is_skipped_or_lost_whatever_is_pressed(road):
    walk(road)


@pytest.mark.parametrize("road", ["custody"], indirect=True)
def test_work_left_with_one_who_has_gone_would_be_seen(road, monkeypatch):
    """The mutant: an account is closed and its open work stays where it was."""
    from kernel import inbox

    monkeypatch.setattr(inbox, "release", lambda *told, **more: 0)
    with pytest.raises(AssertionError):
        walk(road, examples=UNTIL_SEEN)
