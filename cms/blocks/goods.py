"""The county's goods in a story. A block keeps only a number; price and stock are read when shown."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as now_in
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, FieldBlock, IntegerBlock, ListBlock, StructBlock

from kernel import money

Choices = list[tuple[Any, str]]
BLANK = ("", "---------")
MOST_ON_A_SHELF = 12


def goods_to_choose() -> Choices:
    """What this county sells now, by title, with the price of now."""
    from search import selectors
    from tenants.scope import current_county

    county = current_county()
    goods = selectors.newest_listings(county.code, 1000) if county else []
    return [
        BLANK,
        *((one.product_id, f"{one.title}　¥{money.yuan(one.price_fen)} / {one.unit}") for one in goods),
    ]


def categories_to_choose() -> Choices:
    from search import selectors

    return [BLANK, *((one.code, str(one)) for one in selectors.categories().values())]


class OfNowBlock(FieldBlock):
    """A choice among what there is at this moment in this county; a migration knows only its type."""

    def __init__(self, choose: Callable[[], Choices], coerce: Callable[[Any], Any], plain: str, **kwargs: Any) -> None:
        required = kwargs.pop("required", True)
        self._frozen: tuple[str, list[Any], dict[str, Any]] = (plain, [], {"required": required})
        self.field = forms.TypedChoiceField(
            choices=choose,
            coerce=coerce,
            empty_value=None,
            required=required,
            error_messages={
                "required": _("这里还没有选；要是选过，那一个现在没有在卖了，另选一个。"),
                "invalid_choice": _("这一个现在没有在卖，换一个。"),
            },
        )
        super().__init__(**kwargs)

    def render_basic(self, value: Any, context: Any = None) -> str:
        """The name, for whoever compares two versions of a page."""
        if value in (None, ""):
            return ""
        choices: Any = self.field.choices
        return dict(choices).get(value) or now_in("（现在没有在卖）")

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self._frozen

    def get_prep_value(self, value: Any) -> Any:
        return value

    def to_python(self, value: Any) -> Any:
        return value


class ProductBlock(OfNowBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(goods_to_choose, int, "wagtail.blocks.IntegerBlock", **kwargs)

    class Meta:
        icon = "tag"


class CategoryBlock(OfNowBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(categories_to_choose, str, "wagtail.blocks.CharBlock", **kwargs)

    class Meta:
        icon = "list-ul"


class ProductCardBlock(StructBlock):
    """One of our goods, live: a withdrawn one disappears."""

    product = ProductBlock(label=_("产品"))

    class Meta:
        icon = "tag"
        label = _("产品")
        template = "cms/blocks/product.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        window = (parent_context or {}).get("window")
        context["listing"] = window.one(value["product"]) if window else None
        return context


class ShelfBlock(StructBlock):
    """Several goods: picked by hand, or the newest of a category."""

    title = CharBlock(label=_("标题"), required=False, max_length=30)
    products = ListBlock(ProductBlock(), label=_("挑几件"), default=[], max_num=MOST_ON_A_SHELF)
    category = CategoryBlock(label=_("或者一个品类"), required=False)
    count = IntegerBlock(label=_("最多几件"), default=4, min_value=1, max_value=MOST_ON_A_SHELF)

    class Meta:
        icon = "list-ul"
        label = _("一排产品")
        template = "cms/blocks/shelf.html"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not cleaned["category"] and not list(cleaned["products"]):
            raise ValidationError(now_in("挑几件产品，或者选一个品类。"))
        return cleaned

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        window = (parent_context or {}).get("window")
        context["goods"] = window.shelf(value) if window else []
        return context
