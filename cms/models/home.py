from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms import blocks
from cms.models.base import CountyPage


class CountyHome(CountyPage):
    """The front page below ``/c/<slug>/``: who we are, then our goods, stories, people and places."""

    intro = models.TextField(_("县情"), blank=True)
    delivery = models.TextField(_("怎么到您手里"), blank=True)
    body = StreamField(blocks.PageBody(), verbose_name=_("别的"), blank=True)

    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("standfirst"),
        FieldPanel("intro"),
        *CountyPage.picture_panels,
        FieldPanel("body"),
        FieldPanel("delivery"),
    ]
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = ["cms.StoryPage", "cms.VillagePage", "cms.PersonPage"]
    max_count = 1
    template = "cms/county_home.html"

    class Meta:
        verbose_name = _("县首页")

    def surroundings(self, request: HttpRequest) -> dict[str, Any]:
        from cms import selectors

        return selectors.around_home(self)
