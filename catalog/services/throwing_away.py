from typing import Any

from django.core.files.storage import FileSystemStorage
from django.db import connection, transaction
from django.utils.translation import gettext as _

from catalog import rules, ties
from catalog.errors import StillNeeded
from catalog.models import Photo, Product
from catalog.pictures import renditions_of
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
        _remove_files(photo)
    row.delete()
    audit.record("product.throw_away", by=by, county=county.code, obj=name, title=row.name)


def _remove_files(photo: Photo) -> None:
    """The original may say where a farmer lives; a file removed before the commit would be missed after a rollback."""
    original, kept = photo.original.storage, photo.original.name
    shown = renditions_of(connection.schema_name, photo.token)

    def remove() -> None:
        original.delete(kept)
        for path in shown:
            FileSystemStorage().delete(path)

    transaction.on_commit(remove, robust=True)
