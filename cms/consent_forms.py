"""What a county writes down of a signed consent, and of who is in a picture."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cms.consents import Agreed, latest_end, too_long
from cms.models import Consent
from cms.picture_form import PEOPLE, consents_field, people_field
from kernel import clock, papers
from kernel.privacy import is_phone, plain_phone

DATE = {"type": "date"}


def date_field(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        error_messages={
            "required": lazy("写上日期，例如 2026-11-20。"),
            "invalid": lazy("日期写成 2026-11-20 这样。"),
        },
    )


class ConsentForm(forms.Form):
    name = forms.CharField(
        label=lazy("谁同意的"), max_length=20, error_messages={"required": lazy("写上本人姓名，例如 王秀兰。")}
    )
    phone = forms.CharField(
        label=lazy("本人手机"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
        help_text=lazy("只为核对，加密存着，页面上不出现。"),
    )
    guardian = forms.CharField(
        label=lazy("监护人"), max_length=20, required=False, help_text=lazy("不满 14 岁的，由监护人签。")
    )
    for_photo = forms.BooleanField(label=lazy("同意登照片"), required=False)
    for_name = forms.BooleanField(label=lazy("同意登名字"), required=False)
    for_story = forms.BooleanField(label=lazy("同意登故事和原话"), required=False)
    given_on = date_field(lazy("哪天签的"))
    until = date_field(lazy("同意到哪天"))
    paper = forms.FileField(
        label=lazy("签了字的同意书"),
        help_text=lazy("拍照或扫描，PDF、JPG、PNG 都行，不超过 20 MB。"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={"required": lazy("传上本人签了字的同意书，拍照也行。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        days = {"today": today.isoformat(), "latest": latest_end(today).isoformat()}
        self.fields["until"].help_text = (
            _("从签字那天算起，最长三年：今天（%(today)s）签的，最晚写到 %(latest)s。过了这天，照片和页面自己撤下。")
            % days
        )

    def clean_phone(self) -> str:
        typed = plain_phone(self.cleaned_data["phone"])
        if typed and not is_phone(typed):
            raise forms.ValidationError(_("手机号写 11 位，例如 13912345678；没有就空着。"))
        return typed

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not any(typed.get(name) for name in ("for_photo", "for_name", "for_story")):
            self.add_error("for_photo", _("照片、名字、故事，至少同意一样。"))
        given, until = typed.get("given_on"), typed.get("until")
        if given and given > clock.today():
            self.add_error("given_on", _("签字的日子不能在今天之后。"))
        if until and until < clock.today():
            self.add_error("until", _("这天已经过了，写一个往后的日子。"))
        elif given and until and given <= clock.today() and until > latest_end(given):
            self.add_error("until", too_long(given))
        if self.errors:
            self._look_into_the_paper(typed.get("paper"))
        return typed

    def _look_into_the_paper(self, paper: Any) -> None:
        """Only beside other errors, so that all are said at once; a sound form's paper is looked into when kept."""
        try:
            if paper:
                paper.seek(0)
                papers.inspected(paper.read())
        except papers.BadPaper as refusal:
            self.add_error("paper", str(refusal))

    def agreed(self) -> Agreed:
        typed = {name: value for name, value in self.cleaned_data.items() if name != "paper"}
        return Agreed(**{**typed, "name": "".join(typed["name"].split())})


class AnswerForm(forms.Form):
    people = people_field()
    consents = consents_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consents"].queryset = Consent.objects.filter(withdrawn_at__isnull=True, for_photo=True)  # type: ignore[attr-defined]

    @property
    def says_people(self) -> bool:
        return bool(self.cleaned_data["people"] == PEOPLE)
