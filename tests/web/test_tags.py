import pytest
from django.template import Context, Template
from django.utils.translation import override

from tests.search import shelf
from web.templatetags import pictures


def drawn(source, **context):
    return Template(source).render(Context(context))


def test_rungs_say_how_far_and_draw_one_rung_for_each():
    html = drawn('{% load rungs %}{% rungs 3 6 "第 3 步" "共 6 步" %}')
    assert 'aria-valuenow="3"' in html
    assert 'aria-valuemax="6"' in html
    assert html.count("v10") == 3 + 1 + 2  # done, the top one again, the two still to come
    assert "style=" not in html


def test_rungs_of_nothing_do_not_fail():
    assert 'aria-valuenow="0"' in drawn("{% load rungs %}{% rungs 0 0 %}")


def test_a_photo_fills_the_frame_and_says_what_is_seen():
    pic = {"photo": {"small": "/s.webp", "medium": "/m.webp"}, "alt": "一袋米"}
    html = drawn("{% load pictures %}{% picture pic %}", pic=pic)
    assert 'srcset="/s.webp 320w, /m.webp 960w"' in html
    assert 'alt="一袋米"' in html


def test_a_drawing_nobody_drew_leaves_bare_paper():
    html = drawn("{% load pictures %}{% picture pic %}", pic={"drawing": "no-such-thing", "paper": "rice"})
    assert html == '<span class="frame paper-rice"></span>'


def test_what_a_picture_says_is_escaped():
    pic = {"photo": {"small": '/"><script>'}, "alt": '"><script>'}
    assert "<script>" not in drawn("{% load pictures %}{% picture pic %}", pic=pic)


def test_the_same_category_keeps_its_paper():
    assert pictures.paper_of("grain.rice") == pictures.paper_of("grain.rice") in pictures.PAPERS


def test_a_sack_wears_its_own_county_word_and_none_wears_another():
    pic = {"drawing": "rice-sack", "paper": "rice", "word": "方正"}
    html = drawn("{% load pictures %}{% picture pic %}", pic=pic)
    assert ">方</text>" in html
    assert ">正</text>" in html
    plain = drawn("{% load pictures %}{% picture pic %}", pic={"drawing": "rice-sack"})
    assert ">大</text>" in plain


def test_a_county_is_spelt_in_letters_for_whoever_reads_no_hanzi():
    source = '{% load county %}{% plate "杜尔伯特蒙古族自治县" "duerbote" "230624" %}|{{ "230184"|letters }}|{{ "999999"|letters }}'
    with override("en"):
        assert drawn(source).endswith("杜尔伯特蒙古族自治县 <small>Duerbote</small></a>|Wuchang|")
    with override("zh-hans"):
        assert drawn(source).endswith("杜尔伯特蒙古族自治县</a>||")


@pytest.mark.django_db
def test_where_a_county_is_named_alone_an_english_page_spells_it(wuchang, client):
    shelf.publish("五常大米", product_id=1)
    for path in ("/", "/search/?county=230184", "/c/wuchang/"):
        with override(None):  # a request leaves its language behind
            assert "Wuchang" in client.get(path, headers={"accept-language": "en"}).content.decode(), path
            assert "Wuchang" not in client.get(path, headers={"accept-language": "zh-hans"}).content.decode(), path
