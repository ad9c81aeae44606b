"""Wagtail's widgets may write scripts on its own desk, and nothing else may."""

import pytest

from tenants.scope import county_scope

pytestmark = pytest.mark.django_db


def scripts(answer):
    parts = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    return parts["script-src"]


@pytest.mark.parametrize("path", ["cms/", "cms/images/add/", "cms/pages/"])
def test_the_widgets_of_the_desk_run(wuchang, editor, client_for, path):
    assert scripts(client_for(editor).get(f"/c/wuchang/{path}")) == "'self' 'unsafe-inline'"


def test_a_preview_keeps_the_strict_policy(wuchang, editor, client_for, write):
    with county_scope(wuchang):
        page = write(wuchang, by=editor)
    for path in (f"cms/pages/{page.pk}/view_draft/", f"cms/pages/{page.pk}/edit/preview/?mode="):
        assert "unsafe-inline" not in scripts(client_for(editor).get(f"/c/wuchang/{path}"))


@pytest.mark.parametrize("path", ["/", "/c/wuchang/", "/c/wuchang/desk/", "/c/wuchang/cms-is-not-here/", "/sign-in/"])
def test_every_other_page_keeps_the_strict_policy(wuchang, editor, client_for, path):
    assert "unsafe-inline" not in client_for(editor).get(path)["Content-Security-Policy"]
