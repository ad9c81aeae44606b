"""What every page of a county has."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page, PagePermissionTester, PageViewRestriction

from cms.rights import CountyPagePermissions
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


DRAWINGS = dict(Place.choices)


class CountyPageForm(WagtailAdminPageForm):
    """Wagtail's own form, which takes an hour that is past for going live."""

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean()
        hour = typed.get("go_live_at")
        if hour and hour < clock.now() and "go_live_at" in self.changed_data:
            self.add_error("go_live_at", _("这个时间已经过了。写一个往后的；要尽快上线，就空着。"))
        return typed


class CountyPage(Page):
    """A line under the title and a picture; published only after approval."""

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

    base_form_class = CountyPageForm
    # A page says here which of its streams show goods; they are read together, in one query.
    goods_streams: ClassVar[tuple[str, ...]] = ("body",)

    picture_panels: ClassVar = [FieldPanel("place"), FieldPanel("photo")]

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.slug in TAKEN:
            raise ValidationError({"slug": _("“%s”是平台自己的地址，请换一个。") % self.slug})

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return CountyPagePermissions(user, self)

    @property
    def drawing_name(self) -> str:
        """Of ``get_place_display``, which makes its choices hashable anew each time, only the look-up."""
        return str(DRAWINGS.get(self.place, self.place))

    def get_view_restrictions(self) -> Any:
        """None where the county has none at all, as ``cms.reaching`` saw when it read this page."""
        if self.__dict__.get("some_are_private") is False:
            return PageViewRestriction.objects.none()
        return super().get_view_restrictions()

    def surroundings(self, request: HttpRequest) -> dict[str, Any]:
        """What stands around the page's own words; every page type says its own."""
        return {}

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms import sharing

        around = self.surroundings(request)
        share = sharing.of_page(self, around.get("county"), request)
        return {**super().get_context(request, *args, **kwargs), **around, "share": share}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().serve(request, *args, **kwargs)
        response.is_county_page = not getattr(request, "is_preview", False)
        return response
