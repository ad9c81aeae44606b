from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "人员"

    def ready(self) -> None:
        from accounts import tasks  # noqa: F401  registers the sender of messages
        from accounts.desks import COUNTY_DESK, PROVINCE_DESK, Entry, add_entry
        from accounts.hashing import know_the_hashes
        from accounts.messages.rights import grant_messages
        from accounts.services import resets  # noqa: F401  names its kind of inbox item

        know_the_hashes()
        grant_messages()
        see = "accounts.people.see"
        add_entry(Entry(PROVINCE_DESK, 40, _("人员"), "accounts:people", see))
        add_entry(Entry(COUNTY_DESK, 70, _("人员"), "accounts:county_people", see))
