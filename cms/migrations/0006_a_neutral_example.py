"""The example of a person's role names no county's own town; no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cms", "0005_let_go_of_public")]
    operations = [
        migrations.AlterField(
            model_name="personpage",
            name="role",
            field=models.CharField(
                help_text="例如 向阳镇第一书记，或 种了三十年木耳的人", max_length=60, verbose_name="身份"
            ),
        ),
    ]
