"""What an officer types when a document comes in. The services check everything once more."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branding.models import Brand
from branding.notice_kinds import NoticeKind

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
FILES = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"


def _day(label: Any, hint: Any = "", *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=hint, required=required, widget=widget, input_formats=["%Y-%m-%d"])


class NoticeForm(forms.Form):
    """The fields of one kind of document: its dates, its file, and the particulars it must carry."""

    def __init__(self, kind: NoticeKind, brand: Brand, *args: Any, has_answer: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        fields = self.fields
        if kind.official:
            fields["number"] = forms.CharField(
                label=_("发文编号"), max_length=40, help_text=_("照文件右上角写，例如 TMZC83012345BZTZ01。")
            )
        fields["dated"] = _day(_("文件日期"), _("文件上印的日期，不是今天。"))
        if kind.official:
            self._add_receipt()
        for name in kind.asks:
            fields[name] = _PARTICULARS[name](brand)
        fields["file"] = forms.FileField(
            label=_("文件"),
            required=not has_answer,
            help_text=_("不传就用村里交的那份。") if has_answer else _("PDF、JPG 或 PNG，20 MB 以内。"),
            widget=forms.ClearableFileInput(attrs={"accept": FILES}),
        )
        fields["note"] = forms.CharField(
            label=_("说明"),
            required=False,
            max_length=300,
            help_text=_("村里也看得到，例如 第 30 类“蜂蜜制品”要写具体。"),
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def _add_receipt(self) -> None:
        self.fields["electronic"] = forms.ChoiceField(
            label=_("怎么送达的"),
            choices=[("1", _("电子送达，发出满 15 天算收到")), ("0", _("纸质，按收到的那天算"))],
            initial="1",
            widget=forms.RadioSelect,
        )
        self.fields["sent_on"] = _day(_("电子发出日"), _("空着就按文件日期。"), required=False)
        self.fields["received_on"] = _day(_("纸质收到日"), _("纸质送达才写。"), required=False)

    def facts(self) -> dict[str, Any]:
        """Keyword arguments for services.notices.enter."""
        typed = dict(self.cleaned_data)
        typed["upload"] = typed.pop("file") or None
        if "electronic" in typed:
            typed["electronic"] = typed["electronic"] == "1"
        if "online" in typed:
            typed["online"] = typed["online"] == "1"
        return typed


def _classes(brand: Brand) -> forms.Field:
    choices = [(number, _("第 %(n)s 类") % {"n": number}) for number in brand.nice_classes]
    return forms.TypedMultipleChoiceField(
        label=_("注册证上的类别"),
        choices=choices,
        coerce=int,
        initial=list(brand.nice_classes),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("勾上注册证上的类别。")},
    )


_PARTICULARS = {
    "online": lambda brand: forms.ChoiceField(
        label=_("怎么递的"), choices=[("1", _("网上")), ("0", _("纸质"))], initial="1", widget=forms.RadioSelect
    ),
    "old_case": lambda brand: forms.BooleanField(label=_("以前递的旧案，日期早于平台上建案的那天"), required=False),
    "application_no": lambda brand: forms.CharField(
        label=_("申请号"), max_length=13, help_text=_("受理通知书上的号，例如 83012345。")
    ),
    "issue": lambda brand: forms.CharField(label=_("公告期号"), max_length=8, help_text=_("例如 1890。")),
    "registration_no": lambda brand: forms.CharField(label=_("注册证号"), max_length=13, initial=brand.application_no),
    "registered_on": lambda brand: _day(_("注册日期"), _("注册证上写的，有效期从这天算十年。")),
    "nice_classes": _classes,
    "applied_on": lambda brand: _day(_("续展申请日"), _("递交续展申请的那天。")),
}


class AnswerForm(forms.Form):
    """The village's answer to an official question."""

    text = forms.CharField(
        label=gettext_lazy("怎么答复"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("一两句就行，例如 改为“蜂蜜；蜂王浆（非医用）”。"),
    )
    file = forms.FileField(
        label=gettext_lazy("附件"),
        required=False,
        help_text=gettext_lazy("要交的材料，拍照或 PDF，20 MB 以内。"),
        widget=forms.ClearableFileInput(attrs={"accept": FILES}),
    )
