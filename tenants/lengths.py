"""How long a text may be is said once, by the field that keeps it."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from tenants.errors import TooLong

# What people write about a county, by its field.
SAID = {"contact_name": lazy("联系人"), "service_phone": lazy("客服电话"), "saying": lazy("一句话")}


def most_signs(model: type[models.Model], name: str) -> int:
    """What fits into a text field, in signs."""
    most = getattr(model._meta.get_field(name), "max_length", None)
    if not isinstance(most, int):
        raise LookupError(f"{name} of {model.__name__} has no bound")
    return most


def must_fit(model: type[models.Model], name: str, text: str, label: str) -> None:
    """Raises TooLong, where the database would answer with an error nobody can read."""
    most = most_signs(model, name)
    if len(text) > most:
        facts = {"label": label, "most": most, "n": len(text)}
        raise TooLong(_("%(label)s最多 %(most)s 个字，现在有 %(n)s 个，请写短一点。") % facts, field=name, most=most)
