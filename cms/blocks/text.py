"""Words, numbers and pictures. No raw HTML: all counties share one origin."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ListBlock, PageChooserBlock, StructBlock, TextBlock
from wagtail.images.blocks import ImageBlock

PLAIN = ["bold", "link", "ol", "ul"]


class QuoteBlock(StructBlock):
    words = TextBlock(label=_("原话"))
    who = CharBlock(label=_("谁说的"), required=False)

    class Meta:
        icon = "openquote"
        label = _("引语")
        template = "cms/blocks/quote.html"


class PictureBlock(StructBlock):
    picture = ImageBlock(label=_("照片"))
    caption = CharBlock(label=_("图注"), required=False)

    class Meta:
        icon = "image"
        label = _("照片")
        template = "cms/blocks/picture.html"


class GalleryBlock(StructBlock):
    pictures = ListBlock(PictureBlock(), label=_("照片"), min_num=2, max_num=12)

    class Meta:
        icon = "image"
        label = _("一组照片")
        template = "cms/blocks/gallery.html"


class NumberBlock(StructBlock):
    number = CharBlock(label=_("数"), max_length=20)
    words = CharBlock(label=_("说明"), max_length=40)


class NumbersBlock(StructBlock):
    numbers = ListBlock(NumberBlock(), label=_("几个数"), min_num=1, max_num=4)

    class Meta:
        icon = "order"
        label = _("几个数")
        template = "cms/blocks/numbers.html"


class PersonBlock(StructBlock):
    """Somebody with a page of their own; gone from here as soon as that page is."""

    person = PageChooserBlock(page_type="cms.PersonPage", label=_("人物"))

    class Meta:
        icon = "user"
        label = _("人物")
        template = "cms/blocks/person.html"


class SourceBlock(StructBlock):
    text = CharBlock(label=_("事实"), max_length=200)
    source = CharBlock(label=_("出处"), max_length=200)
