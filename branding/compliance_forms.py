"""What a check asks, as people type it: the goods, each layer, the label's words, what else is printed."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from branding.compliance import Content, Layer, Mark, PackageFacts, Processing
from branding.compliance.tables import all_rows
from branding.packaging_forms import Whole, Yuan, narrow

LAYERS, CONTENTS = 5, 3
LAYERS_SHOWN, CONTENTS_SHOWN = 2, 1  # the rest unfolds
LABEL = (
    ("name", lazy("食品名称或品名"), lazy("例如 五常大米（稻花香 2 号）")),
    ("ingredients", lazy("配料表"), lazy("例如 配料：稻谷")),
    ("net", lazy("净含量"), lazy("例如 净含量：2.5 kg")),
    ("maker", lazy("生产者"), ""),
    ("address", lazy("生产者地址"), ""),
    ("contact", lazy("联系方式"), lazy("电话、网址、邮箱里的一样")),
    ("origin", lazy("产地"), lazy("食用农产品要写")),
    ("made_on", lazy("生产日期或采收日期"), lazy("例如 见袋口喷码")),
    ("shelf_life", lazy("保质期"), lazy("例如 12 个月")),
    ("best_before", lazy("保质期到期日"), lazy("2027-03-16 起要写，例如 见袋口喷码")),
    ("storage", lazy("贮存条件"), lazy("例如 阴凉干燥处")),
    ("licence", lazy("食品生产许可证编号"), lazy("SC 加 14 位数字")),
    ("standard", lazy("产品标准代号"), lazy("例如 GB/T 1354")),
    ("grade", lazy("质量等级"), lazy("标准里分等级的才写")),
    ("allergens", lazy("致敏物质"), lazy("例如 含有大豆")),
    ("certificate", lazy("承诺达标合格证"), lazy("食用农产品：贴哪儿，或者二维码")),
    ("organic", lazy("有机证书号或有机码"), lazy("写了有机才填")),
    ("green", lazy("绿色食品编号"), lazy("写了绿色食品才填")),
    ("gi", lazy("地理标志使用人的信用代码"), lazy("用了专用标志才填")),
)
NUTRIENTS = (
    ("energy", lazy("能量")),
    ("protein", lazy("蛋白质")),
    ("fat", lazy("脂肪")),
    ("saturated", lazy("饱和脂肪")),
    ("carbohydrate", lazy("碳水化合物")),
    ("sugar", lazy("糖")),
    ("sodium", lazy("钠")),
    ("reminder", lazy("“儿童青少年应避免过量摄入盐油糖”")),
)
MARKS = (("", lazy("不印")), ("™", "™"), ("®", "®"))


class Measure(forms.CharField):
    """A positive number with at most one digit after the point, as 300 or 62.5.

    ``left_empty`` stands beside the label where a sum wants it: “可以不填” would not be true.
    """

    def __init__(self, *, most: int, example: str, left_empty: Any = "", **kwargs: Any) -> None:
        self.most, self.example, self.left_empty = Decimal(most), example, left_empty
        super().__init__(
            max_length=12, required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs
        )

    def clean(self, value: Any) -> Decimal | None:  # type: ignore[override]
        typed = super().clean(value)
        if not typed:
            return None
        try:
            number = Decimal(narrow(typed).replace(",", ""))
        except InvalidOperation:
            number = Decimal(0)
        if not number.is_finite() or not 0 < number <= self.most or number != round(number, 2):
            raise forms.ValidationError(
                _("数写成了 %(typed)s。写一个大于 0 的数，比如 %(example)s。")
                % {"typed": typed, "example": self.example}
            )
        return number


class LayerForm(forms.Form):
    """One layer; a row in which nothing is typed is none. One with a name alone is asked for its size: left out
    in silence it would be a layer too few."""

    title = ""
    name = forms.CharField(
        label=lazy("叫什么"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": lazy("例如 内袋、纸盒")}),
    )
    length = Measure(label=lazy("长 mm"), most=5000, example="300", left_empty=lazy("有这一层就要填"))
    width = Measure(label=lazy("宽 mm"), most=5000, example="200", left_empty=lazy("有这一层就要填"))
    height = Measure(label=lazy("高 mm"), most=5000, example="62.5", left_empty=lazy("有这一层就要填"))
    cost = Yuan(label=lazy("成本 元"), required=False)
    touches = forms.BooleanField(label=lazy("直接碰到食品"), required=False)
    half = forms.BooleanField(label=lazy("没有完全包住（半托、腰封、提手）"), required=False)

    @property
    def is_empty(self) -> bool:
        typed = ("name", "length", "width", "height", "cost")
        return not any(str(self.data.get(self.add_prefix(name), "")).strip() for name in typed)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        missing = [name for name in ("length", "width", "height") if not typed.get(name) and name not in self.errors]
        if missing:
            self.add_error(missing[0], _("长、宽、高都要写，例如 300、200、60。没有这一层，就把这一行清空。"))
        return typed

    def layer(self, number: int) -> Layer:
        typed = self.cleaned_data
        return Layer(
            name=typed["name"] or _("第 %(number)s 层") % {"number": number},
            length_mm=typed["length"],
            width_mm=typed["width"],
            height_mm=typed["height"],
            cost_fen=typed["cost"],
            touches_food=typed["touches"],
            wraps=not typed["half"],
        )


class ContentForm(forms.Form):
    """What is inside: how heavy a piece, how many, which row of the standard's annex."""

    title = ""
    name = forms.CharField(label=lazy("里面是什么"), max_length=40, required=False)
    grams = Measure(label=lazy("一件净含量 g 或 mL"), most=100_000, example="2500", left_empty=lazy("算空隙率要用"))
    pieces = Whole(label=lazy("几件"), most=1000, example=1, required=False)
    kind = forms.ChoiceField(label=lazy("标准里的哪一类"), required=False)
    factor = Measure(label=lazy("必要空间系数 k"), most=1000, example="4.5")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = {row["kind"]: row["name"] for row in all_rows("space_factors")}
        self.fields["kind"].choices = [("", _("按品类自动选")), *named.items()]  # type: ignore[attr-defined]

    @property
    def is_empty(self) -> bool:
        return not any(str(self.data.get(self.add_prefix(name), "")).strip() for name in ("name", "grams"))

    def clean_factor(self) -> Decimal | None:
        factor: Decimal | None = self.cleaned_data["factor"]
        largest = max(Decimal(row["k"]) for row in all_rows("space_factors") if row["k"])
        if factor is not None and factor > largest:
            raise forms.ValidationError(
                _("附录 A 里最大的系数是 %(largest)s，%(typed)s 不会在里面，再核一下。")
                % {"largest": largest, "typed": factor}
            )
        return factor

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not typed.get("grams") and "grams" not in self.errors:
            self.add_error("grams", _("写一件有多重，例如 2500。"))
        return typed

    def content(self) -> Content:
        typed = self.cleaned_data
        return Content(
            name=typed["name"] or _("内装物"),
            grams=typed["grams"],
            pieces=typed["pieces"] or 1,
            kind=typed["kind"],
            factor=typed["factor"],
        )


class PackageForm(forms.Form):
    """Everything that is said once."""

    printed_on = forms.DateField(
        label=lazy("哪天印"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=lazy("按这一天有效的标准查；2027-03-16 换新标准。"),
        error_messages={"required": lazy("选印刷的日期。"), "invalid": lazy("日期写成 2026-12-01 这样。")},
    )
    processing = forms.ChoiceField(
        label=lazy("里面的东西加工过没有"),
        choices=Processing.choices,
        widget=forms.RadioSelect,
        error_messages={"required": lazy("选一样：里面的东西加工过没有。")},
    )
    price = Yuan(label=lazy("卖价 元"), error_messages={"required": lazy("写卖价，例如 68。")})
    needed_cm3 = Measure(
        label=lazy("鲜货本身要占多少 cm³"),
        most=1_000_000,
        example="1800",
        left_empty=lazy("鲜货要填，算空隙率要用"),
        help_text=lazy("鲜货才填：码整齐以后的长×宽×高，单位 cm。"),
    )
    dear_fruit = forms.BooleanField(label=lazy("是草莓、樱桃、杨梅或枇杷"), required=False)
    shelf_life_months = Whole(label=lazy("保质期几个月"), most=600, example=12, required=False)
    undated = forms.BooleanField(label=lazy("可以不标保质期（10 度以上的酒、食醋、盐、固态糖、味精）"), required=False)
    graded = forms.BooleanField(label=lazy("执行的标准分等级"), required=False)
    has_allergens = forms.BooleanField(
        label=lazy("含有致敏物质（麸质、虾蟹、鱼、蛋、花生、大豆、乳、坚果）"), required=False
    )
    nutrition = forms.MultipleChoiceField(
        label=lazy("营养成分表里标了"), choices=NUTRIENTS, required=False, widget=forms.CheckboxSelectMultiple
    )
    nutrition_exempt = forms.ChoiceField(label=lazy("不标营养成分表的理由"), required=False)
    words = forms.CharField(
        label=lazy("包装上其他的字"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy("广告语、故事、奖项，一字不差地抄过来。"),
    )
    mark = forms.ChoiceField(label=lazy("品牌名后面印"), choices=MARKS, required=False)
    run = Whole(label=lazy("印多少个"), most=10_000_000, example=2000, required=False)
    used_a_month = Whole(label=lazy("一个月用多少个"), most=10_000_000, example=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = {row["reason"]: row["name"] for row in all_rows("nutrition_exempt")}
        self.fields["nutrition_exempt"].choices = [("", _("没有，要标")), *reasons.items()]  # type: ignore[attr-defined]
        for code, name, hint in LABEL:
            self.fields[f"label_{code}"] = forms.CharField(label=name, help_text=hint, required=False, max_length=300)

    @property
    def label_fields(self) -> list[Any]:
        return [self[f"label_{code}"] for code, _name, _hint in LABEL]


class ComplianceForm:
    """The three forms of a check as one."""

    def __init__(self, data: Any = None, initial: Mapping[str, Any] | None = None) -> None:
        given = initial or {}
        self.package = PackageForm(data, initial=given.get("package"))
        self.contents = _rows(ContentForm, "content", CONTENTS, data, given.get("contents", []))
        self.layers = _rows(LayerForm, "layer", LAYERS, data, given.get("layers", []))
        for number, layer in enumerate(self.layers, 1):
            layer.title = _("第 %(number)s 层") % {"number": number}
        for number, content in enumerate(self.contents, 1):
            content.title = _("里面第 %(number)s 样") % {"number": number}

    def is_valid(self) -> bool:
        parts = [self.package, *self._filled(self.contents), *self._filled(self.layers)]
        checked = [part.is_valid() for part in parts]  # each one, so that each shows what is wrong
        return all(checked)

    @property
    def wrong(self) -> list[Any]:
        parts = [self.package, *self._filled(self.contents), *self._filled(self.layers)]
        return [part for part in parts if part.is_bound and part.errors]

    def facts(self, *, category: str, mark: Mark, sold_grams: int | None = None) -> PackageFacts:
        said = self.package.cleaned_data
        return PackageFacts(
            category=category,
            processing=said["processing"],
            contents=tuple(one.content() for one in self._filled(self.contents)),
            layers=tuple(one.layer(number) for number, one in enumerate(self._filled(self.layers), 1)),
            price_fen=said["price"],
            label={code: said[f"label_{code}"] for code, _name, _hint in LABEL if said[f"label_{code}"]},
            words=said["words"],
            mark=Mark(mark.name, said["mark"], mark.allowed),
            allergens=said["has_allergens"],
            graded=said["graded"],
            shelf_life_months=said["shelf_life_months"],
            undated=said["undated"],
            nutrition=frozenset(said["nutrition"]),
            nutrition_exempt=said["nutrition_exempt"],
            needed_cm3=said["needed_cm3"],
            dear_fruit=said["dear_fruit"],
            run=said["run"],
            used_a_month=said["used_a_month"],
            sold_grams=Decimal(sold_grams) if sold_grams else None,
        )

    @property
    def first_contents(self) -> list[ContentForm]:
        return self.contents[:CONTENTS_SHOWN]

    @property
    def more_contents(self) -> list[ContentForm]:
        return self.contents[CONTENTS_SHOWN:]

    @property
    def first_layers(self) -> list[LayerForm]:
        return self.layers[:LAYERS_SHOWN]

    @property
    def more_layers(self) -> list[LayerForm]:
        return self.layers[LAYERS_SHOWN:]

    @property
    def unfolds(self) -> bool:
        """Is something written in the rows that are folded away?"""
        return any(row["name"].value() for row in (*self.more_layers, *self.more_contents)) or any(
            part in self.wrong for part in (*self.more_layers, *self.more_contents)
        )

    def typed(self) -> dict[str, Any]:
        """What was typed, as the next check finds it again."""
        return {
            "package": {name: _plain(self.package[name].value()) for name in self.package.fields},
            "contents": [_values(one) for one in self._filled(self.contents)],
            "layers": [_values(one) for one in self._filled(self.layers)],
        }

    @staticmethod
    def _filled(rows: list[Any]) -> list[Any]:
        return [row for row in rows if not row.is_empty]


def _rows(form: type[Any], prefix: str, most: int, data: Any, given: list[Any]) -> list[Any]:
    return [
        form(data, prefix=f"{prefix}{number}", initial=given[number] if number < len(given) else None)
        for number in range(most)
    ]


def _values(form: forms.Form) -> dict[str, Any]:
    return {name: _plain(form[name].value()) for name in form.fields}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | bool | list | int | type(None)) else str(value)
