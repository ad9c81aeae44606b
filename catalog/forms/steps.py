"""The questions a work team answers, one screen each."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from branding.compliance.net import weights_in
from catalog.forms.typed import PriceField, WeightField, narrow, weight
from catalog.models import Variant
from catalog.services import Pack
from kernel import money
from search.models import Category

MOST_PACKS = 3
LICENCE = re.compile(r"SC\d{14}", re.ASCII)
HALF_A_KILO = 500  # g, the measure of the price beside every pack
# Fen for it: nothing that grows costs less than ¥0.20; an old root of wild ginseng may cost half a million.
CHEAPEST, DEAREST = 20, 100_000_000


def category_choices() -> list[tuple[str, Any]]:
    """The leaves under their headings."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for category in Category.objects.select_related("parent").order_by("order"):
        if category.parent:
            groups.setdefault(category.parent.title, []).append((category.code, category.title))
    return [("", _("选一个")), *groups.items()]


class NameForm(forms.Form):
    name = forms.CharField(
        label=lazy("产品名"),
        max_length=60,
        help_text=lazy("买家看到的名字，例如 秋木耳，小碗耳。别写“最”。"),
        error_messages={"required": lazy("写上产品名，例如 秋木耳，小碗耳。")},
    )
    category = forms.ChoiceField(label=lazy("品类"), error_messages={"required": lazy("选一个品类，例如 大米。")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = category_choices()  # type: ignore[attr-defined]

    def words(self) -> dict[str, str]:
        return {"name": self["name"].value() or ""}


class WordsForm(forms.Form):
    summary = forms.CharField(
        label=lazy("一句话"),
        max_length=60,
        required=False,
        help_text=lazy("为什么值得买，二十来个字，例如 九月收，十月才碾。"),
    )
    description = forms.CharField(
        label=lazy("说明"),
        max_length=2000,
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=lazy("两三句话：在哪儿长的，怎么做的，怎么吃。"),
        error_messages={
            "required": lazy("用两三句话说说它，例如 长在山里的柞木段上，九月采，晒干。"),
            "min_length": lazy("再多写几个字，至少 10 个，例如 长在山里的柞木段上，九月采，晒干。"),
        },
    )
    season = forms.TypedMultipleChoiceField(
        label=lazy("哪几个月有"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=lazy("全年都有就不用勾。"),
    )
    ingredients = forms.CharField(
        label=lazy("配料"), max_length=200, required=False, help_text=lazy("照标签写，例如 黄豆、水、食用盐。")
    )
    shelf_life = forms.CharField(
        label=lazy("保质期"), max_length=40, required=False, help_text=lazy("例如 12 个月；鲜货写 摘下来三天内吃。")
    )
    storage = forms.CharField(
        label=lazy("怎么存放"), max_length=60, required=False, help_text=lazy("例如 阴凉干燥处，开封后冷藏。")
    )
    licence_number = forms.CharField(
        label=lazy("食品许可证号"),
        max_length=40,
        required=False,
        help_text=lazy("袋装、瓶装的食品写 SC 和 14 位数字；小作坊写登记证号；自己种的、没加工的不用写。"),
    )

    def clean_licence_number(self) -> str:
        """食品生产许可管理办法 §29: SC and fourteen digits. A workshop's number is each province's own."""
        typed = "".join(narrow(self.cleaned_data["licence_number"]).split()).upper()
        if typed.startswith("SC") and not LICENCE.fullmatch(typed):
            raise forms.ValidationError(
                _("许可证号写成了 %(typed)s。SC 后面是 14 位数字，照许可证正本再核一遍。") % {"typed": typed}
            )
        return typed

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [(month, _("%(month)s 月") % {"month": month}) for month in range(1, 13)]
        self.fields["season"].choices = months  # type: ignore[attr-defined]

    def words(self) -> dict[str, str]:
        """What stands on the screen, the label's lines together."""
        said = {name: self[name].value() or "" for name in ("summary", "description")}
        return said | {"food": "\n".join(self[name].value() or "" for name in ("ingredients", "shelf_life", "storage"))}


class PackForm(forms.Form):
    """One pack. A row left wholly empty is no pack."""

    name = forms.CharField(
        label=lazy("规格名"),
        max_length=30,
        required=False,
        help_text=lazy("不写就用净含量，例如 2.5 kg。按个卖的写 30 枚。"),
    )
    net = WeightField(label=lazy("净含量"), required=False, help_text=lazy("袋子上印的那个数，例如 2.5 kg 或 500 g。"))
    unit = forms.CharField(
        label=lazy("卖的单位"),
        max_length=10,
        help_text=lazy("例如 袋、盒、箱。"),
        error_messages={"required": lazy("写上卖的单位，例如 袋。")},
    )
    price = PriceField(
        label=lazy("价钱"),
        help_text=lazy("买家看到的价，不含运费，例如 32.50。"),
        error_messages={"required": lazy("写上价钱，例如 32.50。")},
    )
    stock = forms.CharField(
        label=lazy("有多少"),
        max_length=7,
        help_text=lazy("现在能卖多少，例如 120。没货写 0，买家看到“卖完了”。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": lazy("写上有多少，例如 120；现在没货写 0。")},
    )

    @property
    def is_empty(self) -> bool:
        return not any(str(self.data.get(self.add_prefix(name), "")).strip() for name in self.fields)

    def clean_stock(self) -> int:
        typed = self.cleaned_data["stock"].strip()
        if not (typed.isascii() and typed.isdigit()):
            raise forms.ValidationError(_("数量写成了 %(typed)s。写一个整数，比如 120。") % {"typed": typed})
        return int(typed)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not (typed.get("name") or typed.get("net") or self.has_error("net")):
            self.add_error("name", _("写上规格名或净含量，例如 2.5 kg。"))
        if typed.get("net"):
            self._must_be_likely(typed)
        return typed

    def _must_be_likely(self, typed: dict[str, Any]) -> None:
        """A slip in the unit shows in the pack's own name, or in what half a kilo would cost."""
        net, price = typed["net"], typed.get("price")
        named = weights_in(typed.get("name") or "")
        if named and net not in named:
            self.add_error(
                "net",
                _("规格名写的是 %(name)s，净含量写的是 %(net)s，对不上。改其中一个。")
                % {"name": typed["name"], "net": weight(net)},
            )
        elif price and not CHEAPEST <= Decimal(price) * HALF_A_KILO / net <= DEAREST:
            self.add_error(
                "net",
                _("%(net)s 卖 ¥%(price)s，合 ¥%(each)s / 500 g。看看净含量的单位、价钱的小数点是不是写错了。")
                % {"net": weight(net), "price": money.yuan(price), "each": f"{price * HALF_A_KILO / net / 100:.2f}"},
            )

    def pack(self) -> Pack:
        typed = self.cleaned_data
        return Pack(
            name=typed["name"] or weight(typed["net"]),
            unit=typed["unit"],
            price_fen=typed["price"],
            net_grams=typed["net"],
            stock=typed["stock"],
        )


class PacksForm:
    """Up to three packs at once; the first is always there."""

    def __init__(self, variants: Sequence[Variant] = (), data: Any = None) -> None:
        self.is_bound = data is not None
        initial = [_typed(variant) for variant in variants]
        rows = max(MOST_PACKS, len(initial))
        self.rows = [
            PackForm(data, prefix=f"pack{number}", initial=initial[number] if number < len(initial) else None)
            for number in range(rows)
        ]

    def is_valid(self) -> bool:
        """Every filled row right, at least one filled, no name twice."""
        filled = self._filled()
        checked = [row.is_valid() for row in filled]  # each one, so that each shows what is wrong
        if not all(checked):
            return False
        names: set[str] = set()
        for row in filled:
            name = row.pack().name
            if name in names:
                row.add_error("name", _("“%(name)s”写了两次，换一个名字。") % {"name": name})
            names.add(name)
        return all(not row.errors for row in filled)

    def words(self) -> dict[str, str]:
        return {"variants": "\n".join(row["name"].value() or "" for row in self.rows)}

    def packs(self) -> list[Pack]:
        return [row.pack() for row in self._filled()]

    def loses(self) -> bool:
        """Is a pack half typed? Such a one is not kept; rows left empty lose nothing."""
        return not self.is_valid() and not all(row.is_empty for row in self.rows)

    def _filled(self) -> list[PackForm]:
        filled = [row for row in self.rows if not row.is_empty]
        return filled or self.rows[:1]

    @property
    def wrong(self) -> list[PackForm]:
        return [row for row in self._filled() if row.is_bound and row.errors]


def _says_net(variant: Variant) -> bool:
    return variant.net_grams is not None and variant.name.split() == weight(variant.net_grams).split()


def _typed(variant: Variant) -> dict[str, Any]:
    return {
        # A name that only says the net content follows it: kept, it would sell 1 kg as 500 g.
        "name": "" if _says_net(variant) else variant.name,
        "net": variant.net_grams,
        "unit": variant.unit,
        "price": variant.price_fen,
        "stock": str(variant.stock),
    }


class StockForm(forms.Form):
    """How much there is now of each pack on sale; the packs themselves go through the county."""

    def __init__(self, variants: Sequence[Variant], data: Any = None) -> None:
        super().__init__(data)
        for one in variants:
            self.fields[f"stock{one.pk}"] = forms.IntegerField(
                label=_("%(name)s，有多少%(unit)s") % {"name": one.name, "unit": one.unit},
                min_value=0,
                max_value=9_999_999,
                initial=one.stock,
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
                error_messages={
                    "required": _("写上有多少，例如 120；卖完了写 0。"),
                    "invalid": _("写一个整数，比如 120。"),
                    "min_value": _("写 0 或比 0 大的整数。"),
                    "max_value": _("写少一点，最多 9999999。"),
                },
            )

    def stocks(self) -> Mapping[int, int]:
        """Variant's number → how many."""
        return {int(name.removeprefix("stock")): many for name, many in self.cleaned_data.items()}


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=lazy("照片"),
        error_messages={
            "required": lazy("先选一张照片，JPG、PNG 或 WebP。"),
            "empty": lazy("这张照片是空的，重新拍一张。"),
        },
    )


def village_choices(villages: Iterable[Any]) -> list[tuple[Any, str]]:
    return [("", _("选一个")), *((village.pk, str(village)) for village in villages)]
