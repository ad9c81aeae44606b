"""A county's own pages in Wagtail: its front page and its stories."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms import blocks
from kernel import clock

# Paths that belong to the platform; a page of that name would never be reached.
TAKEN = frozenset({"p", "desk", "cms", "media", "static", "documents", "api", "search", "c", "sign-in"})


class Place(models.TextChoices):
    """The drawings a page may wear until it has a photo."""

    PADDY = "place-paddy", _("稻田")
    HIVES = "place-hives", _("蜂场")
    LOGS = "place-logs", _("耳木")
    FLAX = "place-flax", _("亚麻田")
    SNOW = "place-snow", _("雪村")
    SHED = "place-shed", _("菌棚")
    RIVER = "place-river", _("江边")
    WETLAND = "place-wetland", _("湿地")
    PASTURE = "place-pasture", _("牧场")
    CORN = "place-corn", _("玉米地")
    FOREST = "place-forest", _("林区")
    ORCHARD = "place-orchard", _("果园")
    LAKE = "place-lake", _("湖")
    VILLAGE = "place-village", _("村庄")
    GREENHOUSE = "place-greenhouse", _("大棚")
    MOUNTAIN = "place-mountain", _("山")
    BOAT = "place-boat", _("渔船")


class CountyPage(Page):
    """What every page of a county has: a line under the title and a picture."""

    standfirst = models.CharField(_("一句话"), max_length=120, blank=True)
    place = models.CharField(_("插图"), max_length=30, choices=Place.choices, default=Place.VILLAGE)
    photo = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("照片"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.slug in TAKEN:
            raise ValidationError({"slug": _("“%s”是平台自己的地址，请换一个。") % self.slug})


class CountyHome(CountyPage):
    """The front page below ``/c/<slug>/``: who we are, then our goods and stories."""

    intro = models.TextField(_("县情"), blank=True)

    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("standfirst"),
        FieldPanel("intro"),
        FieldPanel("place"),
        FieldPanel("photo"),
    ]
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = ["cms.StoryPage"]
    max_count = 1
    template = "cms/county_home.html"

    class Meta:
        verbose_name = _("县首页")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms import selectors

        context = super().get_context(request, *args, **kwargs)
        return {**context, **selectors.front_page(self, request)}


class StoryPage(CountyPage):
    """One story of the county, with its facts and where they can be checked."""

    date = models.DateField(_("日期"), default=clock.today)
    author = models.CharField(_("文与图"), max_length=40, blank=True)
    body = StreamField(blocks.StoryBody(), verbose_name=_("正文"))
    sources = StreamField([("source", blocks.SourceBlock())], verbose_name=_("事实与出处"), blank=True)

    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("standfirst"),
        FieldPanel("date"),
        FieldPanel("author"),
        FieldPanel("place"),
        FieldPanel("photo"),
        FieldPanel("body"),
        FieldPanel("sources"),
    ]
    parent_page_types: ClassVar = ["cms.CountyHome"]
    subpage_types: ClassVar[list[str]] = []
    template = "cms/story.html"

    class Meta:
        verbose_name = _("故事")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms import selectors

        context = super().get_context(request, *args, **kwargs)
        return {**context, **selectors.beside_story(self)}
