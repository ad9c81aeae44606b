from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "人员"

    def ready(self) -> None:
        from accounts import tasks  # noqa: F401  (registers the sender of text messages)
