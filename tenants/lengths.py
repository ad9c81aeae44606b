"""What a text about a county must be: no longer than its field, and a public number one that can be dialled."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kernel import privacy
from tenants.errors import NotDialled, TooLong

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


def must_be_dialled(phone: str) -> None:
    """Of a public number, where one is given: shoppers tap it. Raises NotDialled."""
    if phone and not privacy.is_dialled(phone):
        raise NotDialled(_("这不是电话：%(phone)s。写成 0453-55550101 这样。") % {"phone": phone}, phone=phone)
