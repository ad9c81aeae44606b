"""同意书: what somebody lets us show of them, and which pictures and pages rest on it."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.links import SharedForeignKey
from kernel.privacy import EncryptedTextField


class Consent(models.Model):  # type: ignore[django-manager-missing]
    """A signed paper of one person (PIPL art. 13–16): for what, from a day until a day, both included.

    It is never changed, only withdrawn; who agrees anew signs anew. For somebody under 14 a guardian
    signs (art. 31). The paper itself is kept by ``kernel.papers`` under ``("consent", pk)``.
    """

    name = models.CharField(_("姓名"), max_length=20)
    phone = EncryptedTextField(blank=True)
    guardian = models.CharField(_("监护人"), max_length=20, blank=True)
    for_photo = models.BooleanField(_("照片"), default=False)
    for_name = models.BooleanField(_("名字"), default=False)
    for_story = models.BooleanField(_("故事和原话"), default=False)
    given_on = models.DateField()
    until = models.DateField()
    recorded_by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=60, blank=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)
    taken_down_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-recorded_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(until__gte=models.F("given_on")), name="consent_days"),
        ]
        indexes: ClassVar = [models.Index(fields=["until"], name="consent_by_end")]

    def __str__(self) -> str:
        if self.withdrawn_at:
            return _("%(name)s（已撤回）") % {"name": self.name}
        return _("%(name)s，到 %(until)s") % {"name": self.name, "until": self.until.isoformat()}

    def holds(self, on: date | None = None) -> bool:
        day = on or clock.today()
        return self.withdrawn_at is None and self.given_on <= day <= self.until


class PictureAnswer(models.Model):
    """照片里有认得出的人吗: the answer for one picture, as its file was then; and whose consents it rests on."""

    image = models.OneToOneField("wagtailimages.Image", on_delete=models.CASCADE, related_name="answer")
    people = models.BooleanField()
    consents = models.ManyToManyField(Consent, related_name="pictures", blank=True)
    file_hash = models.CharField(max_length=40)
    by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    at = models.DateTimeField()
