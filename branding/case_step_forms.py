"""The questions of a brand case on a phone, one screen each."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from branding import goods
from branding.case_rules import is_credit_code, is_id_number
from branding.models import Brand, OwnerKind, SignKind
from branding.ports import ProducerFacts
from branding.services.cases import Good
from kernel import clock, privacy
from tenants import register

NEW = "new"
CLASSES = (29, 30, 31, 32, 33, 35, 39, 43)
CLASS_NAMES = {
    29: lazy("加工过的肉、蛋、奶、油、干菌、坚果"),
    30: lazy("米面、糕点、茶、糖、蜂蜜、调料"),
    31: lazy("鲜果、鲜菜、活物、种子、饲料"),
    32: lazy("啤酒、果汁、水、饮料"),
    33: lazy("白酒、果酒"),
    35: lazy("网店、代销、广告"),
    39: lazy("运输、仓储、旅游"),
    43: lazy("餐饮、住宿"),
}
MOST_FOUND = 6


def narrow(text: str) -> str:
    """Full-width letters and digits, as Chinese keyboards give them, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


class OwnerForm(forms.Form):
    """Who owns the mark: one of the county's producers, or one that is not in the list yet."""

    producer = forms.ChoiceField(label=lazy("选一家"), widget=forms.RadioSelect, required=False)
    new_name = forms.CharField(
        label=lazy("执照或身份证上的名称"),
        max_length=60,
        required=False,
        help_text=lazy("例如 向阳镇黑蜂养殖专业合作社。"),
    )
    new_kind = forms.ChoiceField(
        label=lazy("哪一种"), choices=OwnerKind.choices, required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, producers: Sequence[ProducerFacts], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.id): one for one in producers}
        kinds = dict(OwnerKind.choices)
        choices = [
            (key, _("%(name)s（%(kind)s）") % {"name": one.name, "kind": kinds.get(one.kind, one.place)})
            for key, one in self.known.items()
        ]
        self.fields["producer"].choices = [*choices, (NEW, _("不在单子里，新的一家"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("producer") in self.known:
            return typed
        if not typed.get("producer") and not typed.get("new_name"):
            self.add_error("producer", _("选商标归谁，例如 黑蜂养殖合作社；没有就选“新的一家”。"))
        elif not typed.get("new_name"):
            self.add_error("new_name", _("写上执照或身份证上的名称，例如 向阳镇黑蜂养殖专业合作社。"))
        elif not typed.get("new_kind"):
            self.add_error("new_kind", _("选是哪一种，例如 合作社。"))
        return typed

    def facts(self) -> dict[str, Any]:
        """What the case keeps of it."""
        typed = self.cleaned_data
        if typed.get("producer") in self.known:
            one = self.known[typed["producer"]]
            return {"producer_id": one.id, "owner_name": one.name, "owner_kind": one.kind}
        if typed.get("new_name"):
            return {"producer_id": None, "owner_name": typed["new_name"], "owner_kind": typed.get("new_kind", "")}
        return {}


class NamesForm(forms.Form):
    """Up to three names in the owner's order, or a picture with an optional name."""

    sign_kind = forms.ChoiceField(
        label=lazy("注册文字还是图"), choices=SignKind.choices, widget=forms.RadioSelect, initial=SignKind.WORD
    )
    name1 = forms.CharField(
        label=lazy("最想用的名字"),
        max_length=40,
        help_text=lazy("两到四个字最好记，例如 椴林深。"),
        error_messages={"required": lazy("写上最想用的名字，例如 椴林深。图形商标也写一个叫法。")},
    )
    name2 = forms.CharField(label=lazy("第二个"), max_length=40, required=False)
    name3 = forms.CharField(label=lazy("第三个"), max_length=40, required=False)
    meaning = forms.CharField(
        label=lazy("名字的意思"),
        max_length=200,
        required=False,
        help_text=lazy("哪来的、什么意思，例如 椴树下听山说话。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in (1, 2, 3):
            attrs = {"autocomplete": "off", "data-look": "", "aria-describedby": f"look-name{number}"}
            self.fields[f"name{number}"].widget.attrs.update(attrs)

    def names(self) -> list[str]:
        found = [(self.cleaned_data.get(f"name{number}") or "").strip() for number in (1, 2, 3)]
        return list(dict.fromkeys(name for name in found if name))

    def facts(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {
            "sign_kind": typed.get("sign_kind") or SignKind.WORD,
            "candidates": self.names(),
            "meaning": typed.get("meaning") or "",
        }


class GoodsForm(forms.Form):
    """What the mark stands on, in everyday words. Works as plain boxes; the script only adds more of them."""

    more = forms.CharField(
        label=lazy("卖什么，写平常的叫法"),
        max_length=40,
        required=False,
        help_text=lazy("一次写一样，例如 椴树蜜、苞米、网店代销，拼音也行。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-goods": "", "aria-describedby": "goods-found"}),
    )
    own_word = forms.CharField(
        label=lazy("表里没有的东西"), max_length=40, required=False, help_text=lazy("例如 桦褐孔菌。")
    )
    own_class = forms.TypedChoiceField(label=lazy("最像哪一类"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, kept: Sequence[Good] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        classes = [
            (number, _("第 %(n)s 类　%(name)s") % {"n": number, "name": CLASS_NAMES[number]}) for number in CLASSES
        ]
        self.fields["own_class"].choices = [("", _("选一类")), *classes]  # type: ignore[attr-defined]
        self.kept = list(kept)

    def chosen(self) -> list[Good]:
        """The ticked boxes, or, before anything was sent, what the case has."""
        if not self.is_bound:
            return self.kept
        keys = self.data.getlist("chosen")[:100] if hasattr(self.data, "getlist") else []
        picked = [good for key in dict.fromkeys(keys) if (good := good_of(key))]
        return picked + self._own()

    def _own(self) -> list[Good]:
        word, number = self.cleaned_data.get("own_word", ""), self.cleaned_data.get("own_class")
        return [Good(word=word.strip(), nice_class=number)] if word and number else []

    def found(self) -> list[goods.Good]:
        """What the typed word may mean, without what is ticked already."""
        ticked = {f"{one.nice_class}:{one.word}" for one in self.chosen()}
        typed = self.data.get("more", "")[: goods.LONGEST] if self.is_bound else ""
        return [one for one in goods.find(typed, clock.today(), MOST_FOUND) if one.key not in ticked]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        self.cleaned_data = typed
        if typed.get("own_word") and not typed.get("own_class") and not self.has_error("own_class"):
            self.add_error("own_class", _("选最像哪一类，例如 第 29 类；拿不准就选最近的，省里会看。"))
        return typed


def good_of(key: str) -> Good | None:
    """A ticked box's value, "30:蜂蜜"; a word that the table does not have keeps its class."""
    number, _colon, word = key.partition(":")
    word = word.strip()[:40]
    if number not in {str(one) for one in CLASSES} or not word or "\x00" in word:
        return None
    row = goods.good_of(f"{number}:{word}", clock.today())
    if row:
        return Good(word=row.word, nice_class=row.nice_class, formal=row.item, group=row.group)
    return Good(word=word, nice_class=int(number))


class ProofForm(forms.Form):
    """What stands on the licence or the identity card, and whom to call."""

    owner_name = forms.CharField(
        label=lazy("名称"), max_length=60, error_messages={"required": lazy("写上执照或身份证上的名称。")}
    )
    owner_address = forms.CharField(
        label=lazy("地址"),
        max_length=120,
        error_messages={"required": lazy("写上证上的地址，从省写起。")},
    )
    credit_code = forms.CharField(
        label=lazy("统一社会信用代码"),
        max_length=30,
        help_text=lazy("执照上那 18 位，例如 93230524MA1B2C3D4G。"),
        error_messages={"required": lazy("写上执照上 18 位的统一社会信用代码。")},
    )
    id_number = forms.CharField(
        label=lazy("身份证号"),
        max_length=30,
        error_messages={"required": lazy("写上 18 位身份证号，会加密保存。")},
    )
    contact_name = forms.CharField(
        label=lazy("联系人"), max_length=40, error_messages={"required": lazy("写上联系人，例如 佟岩。")}
    )
    contact_phone = forms.CharField(
        label=lazy("联系人手机"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "type": "tel"}),
        error_messages={"required": lazy("写上联系人的手机号。")},
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.brand = brand
        del self.fields["credit_code" if brand.owner_kind == OwnerKind.HOUSEHOLD else "id_number"]
        self.fields["owner_address"].help_text = _("照着证上写，从省写起，例如 %(place)s向阳镇东星村。") % {
            "place": _province_and_county(brand)
        }
        self._keep_secret("id_number", bool(brand.id_number), _("会加密保存，页面上不再显示。"))
        self._keep_secret("contact_phone", bool(brand.contact_phone), _("例如 13900000013。只给省里的品牌专员看。"))

    def _keep_secret(self, name: str, is_kept: bool, hint: str) -> None:
        """What is kept encrypted is not shown again: an empty box leaves it as it is."""
        if name in self.fields:
            self.fields[name].required = not is_kept
            self.fields[name].help_text = _("已经存好了，不改就空着。") if is_kept else hint

    def clean_credit_code(self) -> str:
        code = narrow(self.cleaned_data["credit_code"]).upper()
        if not is_credit_code(code):
            raise forms.ValidationError(
                _("信用代码写成了 %(typed)s，对不上。照执照上 18 位再看一遍，没有字母 I、O、S、V、Z。")
                % {"typed": code[:30]}
            )
        return code

    def clean_id_number(self) -> str:
        number = narrow(self.cleaned_data["id_number"]).upper()
        if number and not is_id_number(number):
            raise forms.ValidationError(_("身份证号对不上。照身份证上 18 位再看一遍，最后一位可能是 X。"))
        return number

    def clean_contact_phone(self) -> str:
        phone = privacy.plain_phone(narrow(self.cleaned_data["contact_phone"]))
        if phone and not privacy.is_phone(phone):
            raise forms.ValidationError(
                _("手机号写成了 %(typed)s。写 11 位手机号，例如 13900000013。") % {"typed": phone[:20]}
            )
        return phone

    def facts(self) -> dict[str, Any]:
        """What was typed; an empty secret is one that stays."""
        return {name: said for name, said in self.cleaned_data.items() if said or name not in SECRETS}


def _province_and_county(brand: Brand) -> str:
    """黑龙江省饶河县: another county's address as the example would be copied."""
    county = register.division(brand.county_code)
    return county.province + county.name if county else ""


SECRETS = ("id_number", "contact_phone")


class PaperForm(forms.Form):
    photo = forms.FileField(
        label=lazy("照片或 PDF"),
        error_messages={
            "required": lazy("先选一个文件，JPG、PNG 或 PDF。"),
            "empty": lazy("这个文件是空的，重新选一个。"),
        },
    )
