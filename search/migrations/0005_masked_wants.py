"""Numbers that people typed into a search before every way of writing them was known are masked where they lie."""

from django.db import migrations
from django.db.models import F

from kernel.masking import mask_private_in


def mask(apps, schema_editor):
    wants = apps.get_model("search", "Want").objects
    for want in wants.filter(text__regex=r"\d.*\d{4}").iterator():
        text = mask_private_in(want.text)[:60]
        if text == want.text:
            continue
        same = wants.filter(month=want.month, county_code=want.county_code, kind=want.kind, text=text)
        if same.update(count=F("count") + want.count):
            want.delete()
        else:
            wants.filter(pk=want.pk).update(text=text)


class Migration(migrations.Migration):
    dependencies = [("search", "0004_analysis")]
    operations = [migrations.RunPython(mask, migrations.RunPython.noop)]
