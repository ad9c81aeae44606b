from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog import rendering, rules, ties
from catalog.errors import StillNeeded
from catalog.models import Product
from catalog.services.products import county_here, locked, name_of
from kernel import audit


@transaction.atomic
def throw_away(product: Product, *, by: Any) -> None:
    """Delete a draft made by a slip, with its packs and photos; what the county has once seen is kept.

    Its row is held: a hand-in at the same moment either comes first and keeps it, or finds nothing.
    """
    county = county_here()
    row = locked(product)
    if not rules.was_never_handed_in(row) or row.history_moves.exists():  # type: ignore[attr-defined]
        raise StillNeeded(_("它交给过县里，要留底，不能扔。不想卖了就放着，在卖的请县里撤下。"), state=row.state)
    reason = ties.reason_to_keep(county.code, row.pk)
    if reason:
        raise StillNeeded(reason)
    name = name_of(row)
    for photo in row.photos.all():
        rendering.forget(photo)
    row.delete()
    audit.record("product.throw_away", by=by, county=county.code, obj=name, title=row.name)
