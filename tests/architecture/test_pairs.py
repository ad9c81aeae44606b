"""Fields that belong together: each pair turned round is refused, and no form has a pair that nobody turns."""

import re
from datetime import date

import pytest
from django import forms
from django.http import QueryDict
from django.urls import get_resolver

from accounts.forms import PasswordForm
from branding.compliance_forms import LayerForm
from campaigns.forms import EndorsementForm
from catalog.forms.producers import VillageFields
from cms.consent_forms import ConsentForm
from search.errors import Unreadable
from search.forms import api_wish
from tests.architecture.addresses import COUNTY, PROVINCE

EARLY, LATE = "2026-11-01", "2099-06-30"
ENDINGS = (("from", "until"), ("from", "to"), ("starts", "ends"), ("min", "max"), ("low", "high"), ("given", "until"))
ROOMS = {"accounts", "branding", "campaigns", "catalog", "cms", "console", "search", "tenants", "web"}


def endorsement(**typed):
    return EndorsementForm(typed, villages=(), goods=())


def consent(**typed):
    return ConsentForm(typed)


# The form, its two fields, and the later of them, which is told what is wrong.
PAIRS = [
    (endorsement, "term_from", "term_until"),
    (endorsement, "starts_on", "ends_on"),
]


def errors_of(form):
    return {name for name, said in form.errors.items() if not all(one.code == "required" for one in said.as_data())}


@pytest.mark.parametrize(("form", "first", "last"), PAIRS)
def test_a_pair_turned_round_is_refused_at_the_later_field(form, first, last):
    assert errors_of(form(**{first: EARLY, last: LATE})) == set()
    assert errors_of(form(**{first: LATE, last: LATE})) == set(), "one day is a time too"
    assert errors_of(form(**{first: LATE, last: EARLY})) == {last}


@pytest.mark.parametrize(
    ("given_on", "until", "wrong"),
    [
        (EARLY, "2027-06-30", set()),
        (EARLY, LATE, {"until"}),  # longer than three years
        (LATE, LATE, {"given_on"}),  # signed tomorrow
        (EARLY, EARLY, {"until"}),  # over before it is written down
        (LATE, EARLY, {"given_on", "until"}),
    ],
)
def test_a_consent_is_signed_by_today_and_lasts_from_today(monkeypatch, given_on, until, wrong):
    monkeypatch.setattr("kernel.clock.today", lambda: date(2026, 11, 23))
    assert errors_of(consent(for_photo="on", given_on=given_on, until=until)) == wrong


def test_a_consent_is_to_something(monkeypatch):
    monkeypatch.setattr("kernel.clock.today", lambda: date(2026, 11, 23))
    assert errors_of(consent(name="王秀兰")) == {"for_photo"}
    assert errors_of(consent(name="王秀兰", for_name="on")) == set()


def test_the_lowest_price_is_not_above_the_highest():
    for asked in ("min_fen=100&max_fen=500", "min_fen=500&max_fen=500", "min_fen=500", "max_fen=100"):
        assert api_wish(QueryDict(asked)).prices
    with pytest.raises(Unreadable):
        api_wish(QueryDict("min_fen=500&max_fen=100"))


@pytest.mark.parametrize("left_out", ["length", "width", "height"])
def test_a_layer_has_all_three_sizes_or_is_none(left_out):
    sizes = {"length": "300", "width": "200", "height": "60"}
    assert LayerForm(sizes).is_valid()
    assert set(LayerForm({name: said for name, said in sizes.items() if name != left_out}).errors) == {left_out}


def test_a_township_comes_with_its_village():
    for typed, wrong in (
        ({"new_township": "三岔口镇", "new_village": "东星村"}, set()),
        ({"new_township": "三岔口镇"}, {"new_village"}),
        ({"new_village": "东星村"}, {"new_township"}),
    ):
        assert errors_of(VillageFields(typed, may_add=True)) == wrong


def test_the_second_password_is_the_first():
    new = "another-long-enough-9"
    assert PasswordForm({"password": new, "again": new}).is_valid()
    assert set(PasswordForm({"password": new, "again": f"{new}x"}).errors) == {"again"}


# --- and no form has another pair -------------------------------------------------------------
def below(kind):
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def pairs_in(names):
    for first, last in ENDINGS:
        for name in names:
            if re.search(rf"(^|_){first}(_|$)", name):
                other = re.sub(rf"(^|_){first}(_|$)", rf"\g<1>{last}\2", name)
                candidates = {other, last} if (first, last) == ("given", "until") else {other}
                yield from ((name, found) for found in candidates & set(names))


def test_every_pair_of_every_form_is_turned_here():
    for place in (PROVINCE, COUNTY):
        assert get_resolver(place).url_patterns  # every form is imported by now
    found = {
        (form.__name__, *pair)
        for form in below(forms.BaseForm)
        if form.__module__.split(".")[0] in ROOMS
        for pair in pairs_in(form.base_fields)
    }
    assert found == {
        ("EndorsementForm", "term_from", "term_until"),
        ("EndorsementForm", "starts_on", "ends_on"),
        ("ConsentForm", "given_on", "until"),
    }
