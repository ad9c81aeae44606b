from django.db import migrations, models

SEQUENCE = "CREATE SEQUENCE public.search_version"
FILL = "UPDATE search_listingindex SET version = nextval('public.search_version')"


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE public.search_version"),
        migrations.AddField("listingindex", "version", models.BigIntegerField(default=0)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Departed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("county_code", models.CharField(max_length=6)),
                ("product_id", models.BigIntegerField()),
                ("version", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county_code", "product_id"), name="departed_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EngineIndex",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("prefix", models.CharField(max_length=60)),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("building", "在建"), ("live", "在用"), ("retired", "停用")],
                        default="building",
                        max_length=10,
                    ),
                ),
                ("average_length", models.FloatField()),
                ("cursor", models.BigIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("began_at", models.DateTimeField()),
                ("moved_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("prefix", "number"), name="engine_index_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "building")),
                        fields=("prefix",),
                        name="engine_index_one_building",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "live")), fields=("prefix",), name="engine_index_one_live"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EngineRest",
            fields=[
                ("prefix", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("tries", models.PositiveIntegerField(default=0)),
                ("trouble", models.CharField(max_length=300)),
            ],
        ),
    ]
