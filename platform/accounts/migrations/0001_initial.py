"""People first: every other room points at them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        blank=True,
                        max_length=40,
                        unique=True,
                        verbose_name="账号编号",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                (
                    "phone",
                    models.TextField(blank=True, default="", verbose_name="手机"),
                ),
                (
                    "phone_hash",
                    models.CharField(editable=False, max_length=64, null=True, unique=True),
                ),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=10, verbose_name="语言"),
                ),
                (
                    "is_active",
                    models.BooleanField(default=True, verbose_name="可以登录"),
                ),
                (
                    "is_demo",
                    models.BooleanField(default=False, verbose_name="演示账号"),
                ),
                ("session_round", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "date_joined",
                    models.DateTimeField(editable=False, verbose_name="建立时间"),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "人员",
                "verbose_name_plural": "人员",
            },
        ),
    ]
