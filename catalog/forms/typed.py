"""What people type for money and weight, read without rounding."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel import money

_PRICE = re.compile(r"(\d{1,6}|\d{1,3},\d{3})(?:\.(\d{1,2}))?")  # 45,5 is no 455: a comma stands before three digits
_TOO_MUCH = re.compile(r"[\d,]{7,}(?:\.\d*)?")
_WEIGHT = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*(kg|千克|公斤|g|克|斤)?", re.IGNORECASE)
_GRAMS = {"kg": 1000, "千克": 1000, "公斤": 1000, "斤": 500, "g": 1, "克": 1}


def narrow(text: str) -> str:
    """Full-width digits and points, as Chinese keyboards give them, in their narrow form."""
    return text.translate(str.maketrans("０１２３４５６７８９．。，￥", "0123456789..,¥")).strip()


class PriceField(forms.CharField):
    """Yuan typed as 32.50, kept as fen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return money.yuan(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        typed = super().clean(value)
        if not typed:
            return None
        bare = narrow(typed).removeprefix("¥").removesuffix("元")
        found = _PRICE.fullmatch(bare)
        if not found and _TOO_MUCH.fullmatch(bare):
            raise forms.ValidationError(
                _("价钱写成了 %(typed)s，太大了，最多 999999.99 元。看看是不是多按了几下。"), params={"typed": typed}
            )
        fen = int(found[1].replace(",", "")) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
        if fen <= 0:
            raise forms.ValidationError(
                _("价钱写成了 %(typed)s。写一个大于 0 的数，比如 32.50。"), params={"typed": typed}
            )
        return fen


class WeightField(forms.CharField):
    """净含量 typed as 2.5 kg, 500 g or 5 斤, kept as whole grams. A bare number is asked for its unit:
    500 taken for kilograms would sell a bag as half a ton."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return weight(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        typed = super().clean(value)
        if not typed:
            return None
        found = _WEIGHT.fullmatch(narrow(typed))
        if found and not found[2]:
            raise forms.ValidationError(
                _("净含量写了 %(typed)s，是 %(typed)s 克还是 %(typed)s 公斤？把单位写上，例如 500 g 或 2.5 kg。"),
                params={"typed": found[1]},
            )
        grams = Decimal(found[1]) * _GRAMS[found[2].lower()] if found else Decimal(0)
        if grams <= 0 or grams != int(grams) or grams > 1_000_000:
            raise forms.ValidationError(
                _("净含量写成了 %(typed)s。写数和单位，比如 2.5 kg 或 500 g。"), params={"typed": typed}
            )
        return int(grams)


def weight(grams: int) -> str:
    """2500 → "2.5 kg", 500 → "500 g", with the no-break space between number and unit."""
    if grams < 1000:
        return f"{grams}\u00a0g"
    return f"{(Decimal(grams) / 1000).normalize():f}\u00a0kg"
