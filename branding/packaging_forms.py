"""The questions of a package request, one screen each, and the officer's forms."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from branding.packaging_states import Audience, Material, PackageKind
from branding.ports import PackFacts
from kernel import clock, money

_PRICE = re.compile(r"(\d{1,7})(?:\.(\d{1,2}))?")
MOST_RUN = 1_000_000
LONGEST = 2000  # mm


def narrow(text: str) -> str:
    """Full-width digits and points, as Chinese keyboards give them, in their narrow form."""
    return text.translate(str.maketrans("０１２３４５６７８９．。，￥", "0123456789..,¥")).strip()


class Whole(forms.CharField):
    """A whole number typed as people type it."""

    def __init__(self, *, least: int = 1, most: int, example: int, **kwargs: Any) -> None:
        self.least, self.most, self.example = least, most, example
        super().__init__(max_length=12, widget=forms.TextInput(attrs={"inputmode": "numeric"}), **kwargs)

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        typed = super().clean(value)
        if not typed:
            return None
        digits = narrow(typed).replace(",", "")
        if not (digits.isascii() and digits.isdigit()) or not self.least <= int(digits) <= self.most:
            raise forms.ValidationError(
                _("数写成了 %(typed)s。写 %(least)s 到 %(most)s 之间的整数，比如 %(example)s。")
                % {"typed": typed, "least": self.least, "most": self.most, "example": self.example}
            )
        return int(digits)


class Yuan(forms.CharField):
    """Yuan typed as 500 or 500.00, kept as fen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return money.yuan(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        typed = super().clean(value)
        if not typed:
            return None
        found = _PRICE.fullmatch(narrow(typed).replace(",", "").removeprefix("¥").removesuffix("元"))
        if not found:
            raise forms.ValidationError(_("钱数写成了 %(typed)s。写一个数，比如 500。") % {"typed": typed})
        return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


class Brief(forms.Form):
    """What all screens of the brief share: fields that hold a choice show it as tiles."""

    wide = False


class PackForm(Brief):
    """1: which pack, made as what."""

    variant = forms.TypedChoiceField(
        label=lazy("给哪个规格做"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": lazy("选给哪个规格做包装。")},
    )
    kind = forms.ChoiceField(
        label=lazy("做成什么样"),
        choices=PackageKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": lazy("选做成袋、盒还是别的。")},
    )
    material = forms.ChoiceField(
        label=lazy("什么材料"),
        choices=Material.choices,
        widget=forms.RadioSelect,
        error_messages={"required": lazy("选一种材料，说不准就选“听设计师的”。")},
    )

    def __init__(self, *args: Any, packs: Sequence[PackFacts] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["variant"].choices = [  # type: ignore[attr-defined]
            (pack.id, _("，").join((pack.name, f"¥{money.yuan(pack.price_fen)} / {pack.unit}"))) for pack in packs
        ]


class SizeForm(Brief):
    """2: for whom, how large, how many."""

    audience = forms.ChoiceField(
        label=lazy("主要卖给谁"),
        choices=Audience.choices,
        widget=forms.RadioSelect,
        error_messages={"required": lazy("选主要卖给谁。")},
    )
    run = Whole(
        label=lazy("先印多少个"),
        most=MOST_RUN,
        example=2000,
        error_messages={"required": lazy("写先印多少个，例如 2000。")},
    )
    length_mm = Whole(label=lazy("长，毫米"), most=LONGEST, example=220, required=False)
    width_mm = Whole(label=lazy("宽，毫米"), most=LONGEST, example=120, required=False)
    height_mm = Whole(label=lazy("高或厚，毫米"), most=LONGEST, example=60, required=False)


class WordsForm(Brief):
    """3: what must stand on it, until when, for how much."""

    must_have = forms.CharField(
        label=lazy("上面一定要有的字"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=lazy("一行写一条。产品名、净含量、产地和生产者已经写好了，缺什么补什么。"),
        error_messages={"required": lazy("写上包装上一定要有的字。")},
    )
    wishes = forms.CharField(
        label=lazy("还想说什么"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("喜欢什么颜色，不要什么，例如 别画熊，绿一点。"),
    )
    due_on = forms.DateField(
        label=lazy("什么时候要用"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": lazy("写什么时候要用，例如 2026-12-20。"),
            "invalid": lazy("日期写成 2026-12-20 这样。"),
        },
    )
    budget_fen = Yuan(label=lazy("预算，元"), required=False, help_text=lazy("印刷的钱大概有多少，没有就不填。"))

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day < clock.today():
            raise forms.ValidationError(_("这一天已经过去了，写今天以后的日子。"))
        return day


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=lazy("照片"),
        error_messages={
            "required": lazy("先选一张照片，JPG 或 PNG。"),
            "empty": lazy("这张照片是空的，重新拍一张。"),
        },
    )


class CallForm(forms.Form):
    """An open call to every designer."""

    until = forms.DateField(
        label=lazy("征集到哪一天"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": lazy("写征集到哪一天，例如 2026-12-20。"),
            "invalid": lazy("日期写成 2026-12-20 这样。"),
        },
    )


class NoteForm(forms.Form):
    words = forms.CharField(
        label=lazy("写一句"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
