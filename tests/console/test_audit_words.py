"""Every action that the code writes into the trail has words on the screen."""

import ast
from pathlib import Path

import pytest

from console import audit_words

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("platform", "tenants", "branding", "search", "catalog", "cms")
WRITERS = {"record", "_record"}


def written_actions():
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                yield from _action(call)


def _action(call):
    if not isinstance(call, ast.Call) or not call.args or not isinstance(call.args[0], ast.Constant):
        return
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in WRITERS and isinstance(call.args[0].value, str):
        yield call.args[0].value
    if name == "note" and len(call.args) == 2:  # branding's own short form
        yield f"packaging.{call.args[0].value}"


def test_the_code_writes_no_action_without_words():
    actions = set(written_actions())
    assert len(actions) > 40
    assert actions - set(audit_words.ACTIONS) == set()


@pytest.mark.django_db
def test_the_trail_is_read_in_words_and_narrowed_by_county_and_action(client_for, auditor, wuchang):
    from kernel import audit

    audit.record("product.publish", by=auditor, county="230184", title="长粒香")
    audit.record("county.suspend", by=auditor, county="231086", title="东宁市")
    page = client_for(auditor).get("/desk/audit/?county=230184&action=product.publish").content.decode()
    assert "产品：上架" in page
    assert "长粒香" in page
    assert '<td data-label="对象">东宁市' not in page
