"""Wagtail's form for a picture, with the question it must not be without: can anybody be recognised in it?"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.images.forms import BaseImageForm

from cms.models import Consent, PictureAnswer

NOBODY, PEOPLE = "no", "yes"
CHOICES = [(NOBODY, _("没有")), (PEOPLE, _("有"))]


def people_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("照片里有认得出的人吗"),
        choices=CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": _("答一下：照片里有认得出的人吗。")},
    )


def consents_field() -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(
        label=_("是谁，用哪份同意书"),
        queryset=Consent.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("有几个人就选几份。还没登记的，先到工作台“同意书”里登记；没有同意书，用到这张照片的页发不出去。"),
    )


class PictureForm(BaseImageForm):
    people = people_field()
    consents = consents_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.asked_by = kwargs.get("user")
        super().__init__(*args, **kwargs)
        self.fields["consents"].queryset = Consent.objects.filter(withdrawn_at__isnull=True, for_photo=True)
        answer = PictureAnswer.objects.filter(image_id=self.instance.pk).first() if self.instance.pk else None
        if answer is not None:
            self.initial["people"] = PEOPLE if answer.people else NOBODY
            self.initial["consents"] = list(answer.consents.all())

    def save(self, commit: bool = True) -> Any:
        image = super().save(commit=commit)
        if commit:
            from cms.consents import answer_picture

            typed = self.cleaned_data
            answer_picture(image, people=typed["people"] == PEOPLE, consents=typed["consents"], by=self.asked_by)
        return image

    class Meta(BaseImageForm.Meta):
        pass
