"""What a county writes to propose an endorsement."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaigns.models import Endorsement
from campaigns.services import Person, Word
from kernel import papers

DATE = {"type": "date"}


def date_field(label: Any, example: str, **more: Any) -> forms.DateField:
    wrong = lazy("日期写成 2026-11-20 这样。")
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        error_messages={"required": lazy("写上日期，例如 %(example)s。") % {"example": example}, "invalid": wrong},
        **more,
    )


class EndorsementForm(forms.Form):
    name = forms.CharField(
        label=lazy("书记姓名"), max_length=20, error_messages={"required": lazy("写上姓名，例如 赵明远。")}
    )
    title = forms.CharField(
        label=lazy("职务"),
        max_length=40,
        initial=lazy("驻村第一书记"),
        error_messages={"required": lazy("写上职务，例如 驻村第一书记。")},
    )
    village = forms.ChoiceField(label=lazy("在哪个村"), error_messages={"required": lazy("选一个村。")})
    term_from = date_field(lazy("任期从"), "2025-06-01")
    term_until = date_field(lazy("任期到"), "2027-06-30", help_text=lazy("和任职文件一样；到这一天，代言自己撤下。"))
    letter = forms.FileField(
        label=lazy("任职文件"),
        required=False,
        help_text=lazy("PDF、JPG 或 PNG，不超过 20 MB。只有县里和省里的人打得开。"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    statement = forms.CharField(
        label=lazy("代言的话"),
        max_length=80,
        required=False,
        help_text=lazy("本人的原话，一句，例如 我家吃的就是这一袋。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    products = forms.MultipleChoiceField(
        label=lazy("给哪几件产品代言"), required=False, widget=forms.CheckboxSelectMultiple
    )
    starts_on = date_field(lazy("代言从"), "2026-11-22")
    ends_on = date_field(lazy("代言到"), "2027-06-30")
    unpaid = forms.BooleanField(label=lazy("本人确认：不取报酬、不拿提成，没有个人利益。"), required=False)

    def __init__(self, *args: Any, villages: Iterable[Any], goods: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = [("", _("选一个村")), *((one.pk, str(one)) for one in villages)]  # type: ignore[attr-defined]
        self.fields["products"].choices = [(one.pk, f"{one.name}{_('（')}{one.place}{_('）')}") for one in goods]  # type: ignore[attr-defined]

    def clean_letter(self) -> Any:
        upload = self.cleaned_data["letter"]
        if upload and upload.size > papers.MOST_BYTES:
            raise forms.ValidationError(_("文件超过 20 MB，照片用手机相册缩小一点再传。"))
        return upload or None

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for first, last in (("term_from", "term_until"), ("starts_on", "ends_on")):
            if typed.get(first) and typed.get(last) and typed[last] < typed[first]:
                self.add_error(last, _("截止在开始之前了，对一下两个日期。"))
        return typed

    def person(self) -> Person:
        typed = self.cleaned_data
        return Person(
            name="".join(typed["name"].split()),
            title=typed["title"].strip(),
            village_id=int(typed["village"]),
            term_from=typed["term_from"],
            term_until=typed["term_until"],
        )

    def word(self) -> Word:
        typed = self.cleaned_data
        return Word(
            statement=typed["statement"],
            starts_on=typed["starts_on"],
            ends_on=typed["ends_on"],
            product_ids=tuple(int(pk) for pk in typed["products"]),
            unpaid=typed["unpaid"],
        )


def initial_of(endorsement: Endorsement) -> dict[str, Any]:
    endorser = endorsement.endorser
    return {
        "name": endorser.name,
        "title": endorser.title,
        "village": endorser.village_id,
        "term_from": endorser.term_from,
        "term_until": endorser.term_until,
        "statement": endorsement.statement,
        "products": list(endorsement.products.values_list("product_id", flat=True)),
        "starts_on": endorsement.starts_on,
        "ends_on": endorsement.ends_on,
        "unpaid": endorsement.unpaid,
    }


class TermForm(forms.Form):
    until = date_field(lazy("任期改到"), "2027-06-30")
    note = forms.CharField(
        label=lazy("为什么"), max_length=300, error_messages={"required": lazy("写一句为什么，例如 提前回原单位。")}
    )
