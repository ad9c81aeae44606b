from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import rendering, rules, ties
from catalog.errors import StillNeeded
from catalog.models import Product
from catalog.services.held import close_items, county_here, locked, name_of
from catalog.states import GIVEN_UP, ProductState
from kernel import audit, inbox

NOT_CHANGED = "product.not_changed"
inbox.add_outcome(NOT_CHANGED, gettext_lazy("不改了，照旧卖"))


@transaction.atomic
def throw_away(product: Product, *, by: Any) -> None:
    """Delete a draft made by a slip, with its packs and photos; what the county has once seen is kept.
    A revision that it has seen ends as given up; the product on sale stays as it is.

    Its row is held: a hand-in at the same moment either comes first and keeps it, or finds nothing.
    """
    county = county_here()
    row = locked(product)
    if row.revises_id and row.state == ProductState.DRAFT and row.submitted_at:
        _give_up(row, by, county.code)
        return
    if not rules.was_never_handed_in(row) or row.history_moves.exists():  # type: ignore[attr-defined]
        raise StillNeeded(_("它交给过县里，要留底，不能扔。不想卖了就放着，在卖的请县里撤下。"), state=row.state)
    reason = ties.reason_to_keep(county.code, row.pk)
    if reason:
        raise StillNeeded(reason)
    name = name_of(row)
    _forget_photos(row)
    row.delete()
    audit.record("product.throw_away", by=by, county=county.code, obj=name, title=row.name)


def _give_up(revision: Product, by: Any, county_code: str) -> None:
    _forget_photos(revision)
    revision.photos.all().delete()
    close_items(revision, by=by, county=county_code, outcome=NOT_CHANGED)
    revision.move(ProductState.ENDED, by=by, note=GIVEN_UP)
    audit.record("product.throw_away", by=by, county=county_code, obj=name_of(revision), title=revision.name)


def _forget_photos(product: Product) -> None:
    for photo in product.photos.all():
        rendering.forget(photo)
