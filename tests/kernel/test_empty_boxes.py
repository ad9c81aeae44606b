"""An empty box is told in words of ours, in every form of ours."""

from importlib import import_module

import pytest
from django import forms
from django.conf import settings
from django.utils.translation import gettext, override

OURS = {"branding", "catalog", "cms", "search", "tenants", "accounts", "campaigns", "console", "web", "kernel"}


def our_forms(of=forms.BaseForm):
    for form in of.__subclasses__():
        if form.__module__.split(".")[0] in OURS:
            yield form
        yield from our_forms(form)


def test_wagtails_catalogue_would_speak_for_django():
    """What the next test is about: without it, this is the word under an empty box."""
    with override("zh-hans"):
        assert gettext("This field is required.") == "必需字段"


def test_no_form_says_required_field():
    import_module(settings.ROOT_URLCONF)
    fields = [(form, name, field) for form in our_forms() for name, field in form.base_fields.items()]
    assert len(fields) > 100
    with override("zh-hans"):
        assert {
            f"{form.__module__}.{form.__name__}.{name}"
            for form, name, field in fields
            if str(field.error_messages["required"]) == "必需字段"
        } == set()


def test_an_empty_box_says_what_to_do():
    class Asked(forms.Form):
        day = forms.DateField()

    with override("zh-hans"), pytest.raises(forms.ValidationError, match="这里还空着，请填上或选好。"):
        Asked().fields["day"].clean("")
