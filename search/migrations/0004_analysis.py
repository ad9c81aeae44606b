from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0003_names")]

    operations = [
        migrations.AddField(
            "figures", "analysis", models.CharField(blank=True, max_length=16, default=""), preserve_default=False
        ),
    ]
