from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0005_masked_wants")]

    operations = [
        migrations.AddField("storycard", "text", models.TextField(blank=True, db_default="", default="")),
    ]
