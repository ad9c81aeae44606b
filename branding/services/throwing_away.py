from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from branding import case_rules
from branding.errors import Kept, ThrownAway
from branding.models import Brand
from kernel import audit


@transaction.atomic
def throw_away(brand: Brand, *, by: Any) -> None:
    """Delete a case begun by a slip, with the goods it took over; a name or a paper keeps it.

    Its row is held: a name saved at the same moment either comes first and keeps it, or finds nothing.
    """
    row = brand._locked().filter(pk=brand.pk).first()
    if row is None:
        raise ThrownAway(_("这件已经扔掉了。"))
    if not case_rules.may_throw_away(by, row):
        raise Kept(_("它有名字、有文件，或者交过省里，要留底，不能扔。不想办了，在案子里点“不办了”。"), state=row.state)
    obj = case_rules.obj_of(row)
    row.delete()
    audit.record("brand.throw_away", by=by, county=row.county_code, obj=obj, title=str(row))
