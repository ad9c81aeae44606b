"""What a county's pages are made of."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, RichTextBlock, StreamBlock

from cms.blocks.goods import CategoryBlock, ProductBlock, ProductCardBlock, ShelfBlock
from cms.blocks.text import (
    PLAIN,
    GalleryBlock,
    NumbersBlock,
    PersonBlock,
    PictureBlock,
    QuoteBlock,
    SourceBlock,
)

__all__ = [
    "CategoryBlock",
    "GalleryBlock",
    "NumbersBlock",
    "PageBody",
    "PersonBlock",
    "PictureBlock",
    "ProductBlock",
    "ProductCardBlock",
    "QuoteBlock",
    "ShelfBlock",
    "SourceBlock",
]


class PageBody(StreamBlock):
    heading = CharBlock(label=_("小标题"), max_length=40, template="cms/blocks/heading.html")
    text = RichTextBlock(label=_("文字"), features=PLAIN)
    product = ProductCardBlock()
    shelf = ShelfBlock()
    quote = QuoteBlock()
    picture = PictureBlock()
    gallery = GalleryBlock()
    numbers = NumbersBlock()
    person = PersonBlock()
