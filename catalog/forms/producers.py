"""Who grows it and where: for a team's fifth screen and for the office's list."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from branding.compliance.claims import NEVER, forbidden_anywhere
from catalog.forms.steps import village_choices
from catalog.forms.typed import narrow
from catalog.models import Producer
from catalog.states import ProducerKind
from kernel import clock, privacy
from kernel.going_back import unkept
from kernel.sentences import together

_PHONE = re.compile(r"[0-9+() -]{7,20}")
# A mobile, a landline with its area code and perhaps an extension, or a 400 number: a digit too few rings nobody.
_DIALLED = re.compile(r"1\d{10}|0\d{9,11}(?:\d{1,5})?|[48]00\d{7}")


def checked_phone(typed: str) -> str:
    """A number a shopper can tap: mobile or landline with area code."""
    typed = narrow(typed)
    if not _PHONE.fullmatch(typed) or not _DIALLED.fullmatch(privacy.plain_phone(typed)):
        raise forms.ValidationError(
            _("电话写成了 %(typed)s。写手机号或带区号的座机，例如 0453-55550101。") % {"typed": typed}
        )
    return typed


def asked() -> forms.BooleanField:
    """Whoever enters a phone that is published says that its owner agreed."""
    return forms.BooleanField(
        label=lazy("问过本人，同意把这个电话登在网上"),
        required=False,
        help_text=lazy("记下是谁问的、哪天问的。换了号码要重新问。"),
    )


NOT_ASKED = lazy("这个电话要登在网上，先问过本人，再打上勾。")


class VillageFields(forms.Form):
    """A village from the list, or one typed new where that is allowed."""

    village = forms.ChoiceField(label=lazy("产自哪个村"), required=False)
    new_township = forms.CharField(label=lazy("乡镇"), max_length=40, required=False, help_text=lazy("例如 向阳镇。"))
    new_village = forms.CharField(label=lazy("村"), max_length=40, required=False, help_text=lazy("例如 东星村。"))

    def __init__(self, *args: Any, villages: Iterable[Any] = (), may_add: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may_add = may_add
        self.fields["village"].choices = village_choices(villages)  # type: ignore[attr-defined]
        if not may_add:
            village = self.fields["village"]
            village.required = True
            village.error_messages["required"] = _("选产自哪个村，例如 向阳镇东星村。")
            del self.fields["new_township"], self.fields["new_village"]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        new = (typed.get("new_township") or "").strip(), (typed.get("new_village") or "").strip()
        if any(new) and not all(new):
            self.add_error("new_village" if new[0] else "new_township", _("乡镇和村都要写，例如 向阳镇，东星村。"))
        elif not any(new) and not typed.get("village") and not self.has_error("village"):
            self.add_error("village", _("选产自哪个村，例如 向阳镇东星村。"))
        return typed


class ProducerForm(VillageFields):
    """The office's form: the public card of a producer."""

    name = forms.CharField(
        label=lazy("名称"), max_length=60, error_messages={"required": lazy("写上名称，例如 稻乐水稻种植专业合作社。")}
    )
    kind = forms.ChoiceField(label=lazy("哪一种"), choices=ProducerKind.choices)
    business_phone = forms.CharField(
        label=lazy("业务电话"),
        max_length=30,
        help_text=lazy("会登在产品页上，买家直接打。"),
        error_messages={"required": lazy("写上业务电话，例如 0453-55550101。")},
    )
    phone_agreed = asked()
    households = forms.IntegerField(label=lazy("带了多少户"), min_value=1, max_value=100000, required=False)
    intro = forms.CharField(
        label=lazy("一两句介绍"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    shop_name = forms.CharField(label=lazy("别处的店名"), max_length=40, required=False)
    shop_url = forms.URLField(
        label=lazy("别处店铺的网址"),
        required=False,
        assume_scheme="https",
        help_text=lazy("已经在别处开店的才填，例如 https://example.com/shop。"),
        error_messages={"invalid": lazy("网址写全，例如 https://example.com/shop。")},
    )

    field_order = (
        "name",
        "kind",
        "business_phone",
        "phone_agreed",
        "village",
        "new_township",
        "new_village",
        "households",
        "intro",
        "shop_name",
        "shop_url",
    )

    def __init__(self, *args: Any, producer: Producer | None = None, **kwargs: Any) -> None:
        self.producer = producer
        super().__init__(*args, **kwargs)
        self.fields["village"].label = _("在哪个村")
        if producer:
            phone = self.fields["business_phone"]
            phone.required = False
            phone.help_text = _("会登在产品页上，买家直接打。本人不让登了，就清空它，存下网上马上就没有了。")
            self.fields["phone_agreed"].help_text = word_of(producer)

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        same = Producer.objects.filter(name=name)
        if self.producer:
            same = same.exclude(pk=self.producer.pk)
        if same.exists():
            raise forms.ValidationError(_("已经有“%(name)s”了，用那一家，或者换个名称。") % {"name": name})
        return name

    def clean_intro(self) -> str:
        """It is on the net as soon as it is saved: nobody reads it before."""
        typed: str = self.cleaned_data["intro"]
        for one in forbidden_anywhere(typed, clock.today()):
            if one.code in NEVER:
                raise forms.ValidationError(together([one.why, one.mend + _("。")]))
        return typed

    def clean_business_phone(self) -> str:
        typed: str = self.cleaned_data["business_phone"].strip()
        return checked_phone(typed) if typed else ""

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        phone = typed.get("business_phone")
        is_new = phone and (self.producer is None or phone != self.producer.business_phone)
        if is_new and not typed.get("phone_agreed"):
            self.add_error("phone_agreed", NOT_ASKED)
        return typed


def word_of(producer: Producer) -> str:
    """Who asked the owner of the published phone, and when."""
    if producer.phone_agreed_at is None:
        return _("现在这个号还没有登记过同意：问过本人，打上勾。")
    name = producer.phone_agreed_by.get_full_name() if producer.phone_agreed_by else ""
    day = timezone.localdate(producer.phone_agreed_at).isoformat()
    return _("%(day)s 登记过同意（%(name)s）。换了号码要重新问。") % {"day": day, "name": name or "—"}


class OriginForm(VillageFields):
    """A team's fifth screen: the village, and one of its producers or a new one."""

    producer = forms.ChoiceField(label=lazy("谁种的、谁做的"), required=False, widget=forms.RadioSelect)
    new_name = forms.CharField(
        label=lazy("新的一家叫什么"), max_length=60, required=False, help_text=lazy("例如 福禄乡 姜家。")
    )
    new_kind = forms.ChoiceField(
        label=lazy("哪一种"), choices=ProducerKind.choices, required=False, initial=ProducerKind.HOUSEHOLD
    )
    new_phone = forms.CharField(
        label=lazy("业务电话"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
        help_text=lazy("会登在产品页上，买家直接打。"),
    )
    phone_agreed = asked()

    def __init__(self, *args: Any, producers: Iterable[Producer] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(producer.pk): producer for producer in producers}
        self.fields["producer"].choices = [(pk, producer.name) for pk, producer in self.known.items()]  # type: ignore[attr-defined]

    def loses(self) -> bool:
        """A new village or producer is only made whole."""
        return unkept(self, "new_township", "new_village", "new_name", "new_phone")

    def clean_new_name(self) -> str:
        name: str = self.cleaned_data["new_name"].strip()
        if name and Producer.objects.filter(name=name).exists():
            raise forms.ValidationError(_("已经有“%(name)s”了，用那一家，或者换个名称。") % {"name": name})
        return name

    def clean_new_phone(self) -> str:
        typed: str = self.cleaned_data["new_phone"].strip()
        return checked_phone(typed) if typed else ""

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if typed.get("new_name"):
            if not typed.get("new_phone") and not self.has_error("new_phone"):
                self.add_error("new_phone", _("写上业务电话，例如 0453-55550101。"))
            elif not typed.get("phone_agreed") and not self.has_error("new_phone"):
                self.add_error("phone_agreed", NOT_ASKED)
        elif not typed.get("producer") and not self.has_error("producer") and not self.has_error("new_name"):
            self.add_error("producer", _("选一家，或者在下面写新的一家。"))
        return typed
