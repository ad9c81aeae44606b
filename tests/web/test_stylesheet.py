"""The one stylesheet stays small and readable by the WebViews of old phones."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "platform/web/static/jieti.css"
MOST_BYTES = 45 * 1024


def test_the_stylesheet_stays_small():
    assert CSS.stat().st_size <= MOST_BYTES


@pytest.mark.parametrize(
    "newer", [":has(", ":is(", ":where(", "@container", "inset:", "@layer", "clamp(", "color-mix("]
)
def test_old_webviews_understand_it(newer):
    assert newer not in CSS.read_text()


def test_the_grounds_change_hard_at_the_table_line():
    papers = re.findall(r"\.paper-\w+\{background:linear-gradient\(#\w{6} 71%,#\w{6} 71%\)\}", CSS.read_text())
    assert len(papers) == 10
