"""松 霞 江: whatever a county chooses, its pages can be read (WCAG 2.2, contrast)."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[2] / "platform/web/static/jieti.css").read_text()
THEMES = ("pine", "glow", "river")


def token(name):
    return re.search(rf"--{name}:(#[0-9A-Fa-f]{{3,6}})", CSS)[1]


def theme(name):
    found = re.search(rf"\.theme-{name}\{{--edge:(#\w{{6}});--ground:(#\w{{6}})\}}", CSS)
    return {"edge": found[1], "ground": found[2]}


def luminance(colour):
    sign = colour.lstrip("#")
    sign = "".join(2 * one for one in sign) if len(sign) == 3 else sign
    parts = [int(sign[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure_itself():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", THEMES)
def test_words_on_the_pavilions_ground(name):
    ground = theme(name)["ground"]
    assert contrast(token("soil"), ground) >= 7
    assert contrast(token("soil-2"), ground) >= 4.5


@pytest.mark.parametrize("name", THEMES)
def test_the_plates_edge_is_seen(name):
    edge = theme(name)["edge"]
    for ground in (token("snow"), token("birch"), token("birch-2"), theme(name)["ground"]):
        assert contrast(edge, ground) >= 3


def test_every_theme_a_county_may_have_is_in_the_stylesheet():
    from tenants.states import Theme

    assert set(Theme.values) == set(THEMES)
    assert len({theme(name)["ground"] for name in THEMES}) == 3
