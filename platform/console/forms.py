from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel import privacy
from tenants.lengths import most_signs
from tenants.models import County
from tenants.states import Stage, Theme


class ServicePhone(forms.Form):
    """A public number that a shopper taps."""

    def clean_service_phone(self) -> str:
        phone: str = self.cleaned_data["service_phone"].strip()
        if phone and not privacy.is_dialled(phone):
            raise forms.ValidationError(_("这不是电话。写成 0453-55550101 这样。"))
        return phone


class CountyForm(ServicePhone):
    """Who to call in a county, and how it begins."""

    contact_name = forms.CharField(label=_("联系人"), max_length=most_signs(County, "contact_name"))
    contact_phone = forms.CharField(
        label=_("联系人手机"),
        max_length=20,
        help_text=_("只有省里和本县负责人看得到，查看会留下记录。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    service_phone = forms.CharField(
        label=_("客服电话"),
        max_length=most_signs(County, "service_phone"),
        required=False,
        help_text=_("会公开。缺它也能先开，停在最后一步等补。"),
    )
    stage = forms.ChoiceField(label=_("阶段"), choices=Stage.choices, initial=Stage.CUSTODY)
    theme = forms.ChoiceField(label=_("主题"), choices=Theme.choices, initial=Theme.PINE)
    saying = forms.CharField(
        label=_("一句话"),
        max_length=most_signs(County, "saying"),
        required=False,
        help_text=_("写在县馆名字下面，例如 秋木耳赶着露水摘，霜降前后那一茬最厚。"),
    )

    def __init__(self, *args: Any, waits_for_phone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if waits_for_phone:  # its opening stands still for want of it
            phone = self.fields["service_phone"]
            phone.required, phone.help_text = True, _("会公开，消费者有事打这个电话。不要写个人手机。")
            phone.error_messages["required"] = _("写上客服电话，例如 0453-55550101；没有它开不了门。")

    def clean_contact_phone(self) -> str:
        phone = privacy.plain_phone(self.cleaned_data["contact_phone"])
        if not privacy.is_phone(phone):
            raise forms.ValidationError(_("写 11 位手机号，例如 13800000000。"))
        return phone


class FrontForm(ServicePhone):
    """What a county changes of its pavilion by itself; who to call and its stage are the province's."""

    theme = forms.ChoiceField(label=_("主题"), choices=Theme.choices, widget=forms.RadioSelect)
    saying = forms.CharField(
        label=_("一句话"), max_length=60, required=False, help_text=_("写在县馆名字下面，一行说清这里出什么。")
    )
    service_phone = forms.CharField(
        label=_("客服电话"), max_length=30, help_text=_("会公开，消费者有事打这个电话。不要写个人手机。")
    )


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("名单"), help_text=_("xlsx 或 csv，第一行写列名：代码、县名、联系人、手机、客服电话、阶段、主题。")
    )


class DaysForm(forms.Form):
    """From one day to another, both within."""

    first = forms.DateField(label=_("从"))
    last = forms.DateField(label=_("到"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("first") and cleaned.get("last") and cleaned["first"] > cleaned["last"]:
            self.add_error("last", _("结束的那天在开始之前。"))
        return cleaned
