from typing import Any, ClassVar

from django import forms
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms import blocks
from cms.models.base import CountyPage, CountyPageForm


def villages_to_choose() -> list[tuple[Any, str]]:
    from tenants.models import Village
    from tenants.scope import current_county

    county = current_county()
    found = Village.objects.filter(county_code=county.code if county else "").select_related("township")
    return [("", "---------"), *((one.pk, str(one)) for one in found.order_by("township_id", "pk"))]


class VillageForm(CountyPageForm):
    village_id = forms.TypedChoiceField(
        choices=villages_to_choose,
        coerce=int,
        empty_value=None,
        required=False,
        label=_("哪个村"),
        help_text=_("选了村，页面上就有这个村在卖的产品。"),
    )


class VillagePage(CountyPage):
    """A village: what it is known for, its people, what it sells now."""

    village_id = models.BigIntegerField(_("哪个村"), null=True, blank=True)
    body = StreamField(blocks.PageBody(), verbose_name=_("正文"), blank=True)

    base_form_class = VillageForm
    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("village_id"),
        FieldPanel("standfirst"),
        *CountyPage.picture_panels,
        FieldPanel("body"),
    ]
    parent_page_types: ClassVar = ["cms.CountyHome"]
    subpage_types: ClassVar[list[str]] = []
    template = "cms/village.html"

    class Meta:
        verbose_name = _("村")

    def surroundings(self, request: HttpRequest) -> dict[str, Any]:
        from cms import selectors

        return selectors.around_village(self)


class PersonPage(CountyPage):
    """Somebody of the county in their own words; the title is the name. A photo needs consent."""

    role = models.CharField(_("身份"), max_length=60, help_text=_("例如 向阳镇第一书记，或 种了三十年木耳的人"))
    words = models.CharField(_("一句原话"), max_length=120, blank=True)
    until = models.DateField(_("任期到"), null=True, blank=True, help_text=_("有任期的人才填，例如第一书记。"))
    village = models.ForeignKey(
        VillagePage,
        verbose_name=_("哪个村的"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="people",
    )
    consent = models.ForeignKey(
        "cms.Consent",
        verbose_name=_("同意书"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="person_pages",
        help_text=_("没有本人的同意书，这一页发不出去；撤回或到期，这一页自己撤下。"),
    )
    body = StreamField(blocks.PageBody(), verbose_name=_("正文"), blank=True)

    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("role"),
        HelpPanel(template="cms/writing/consent.html"),
        FieldPanel("consent"),
        FieldPanel("words"),
        FieldPanel("until"),
        FieldPanel("village"),
        FieldPanel("standfirst"),
        *CountyPage.picture_panels,
        FieldPanel("body"),
    ]
    parent_page_types: ClassVar = ["cms.CountyHome"]
    subpage_types: ClassVar[list[str]] = []
    template = "cms/person.html"

    class Meta:
        verbose_name = _("人物")

    def surroundings(self, request: HttpRequest) -> dict[str, Any]:
        from cms import selectors

        return selectors.around_person(self)
