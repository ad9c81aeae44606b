from typing import Any, ClassVar

from django import forms
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms import blocks
from cms.models.base import CountyPage
from kernel import clock


class StoryPage(CountyPage):
    """One story of the county, with its facts and where they can be checked."""

    date = models.DateField(_("日期"), default=clock.today)
    author = models.CharField(_("文与图"), max_length=40, blank=True)
    village = models.ForeignKey(
        "cms.VillagePage",
        verbose_name=_("哪个村的"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="stories",
    )
    body = StreamField(blocks.PageBody(), verbose_name=_("正文"))
    sources = StreamField([("source", blocks.SourceBlock())], verbose_name=_("事实与出处"), blank=True)
    told = ParentalManyToManyField(
        "cms.Consent",
        verbose_name=_("写到的人"),
        blank=True,
        related_name="told_in",
        help_text=_("写了谁的故事，就选谁的同意书；撤回或到期，这一篇自己撤下。"),
    )

    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("standfirst"),
        FieldPanel("date"),
        FieldPanel("author"),
        FieldPanel("village"),
        *CountyPage.picture_panels,
        FieldPanel("body"),
        FieldPanel("sources"),
        HelpPanel(template="cms/writing/consent.html"),
        FieldPanel("told", widget=forms.CheckboxSelectMultiple),
    ]
    parent_page_types: ClassVar = ["cms.CountyHome"]
    subpage_types: ClassVar[list[str]] = []
    template = "cms/story.html"

    class Meta:
        verbose_name = pgettext_lazy("一篇", "故事")

    def tells_of_people(self) -> bool:
        """Known where ``cms.reaching`` read this page; of a draft it is asked of the draft."""
        known = self.__dict__.get("anybody_told")
        return bool(self.told.all()) if known is None else bool(known)

    def surroundings(self, request: HttpRequest) -> dict[str, Any]:
        from cms import selectors

        return selectors.around_story(self)
