"""Counties from before hold 46 keys up to public tables; they are let go (ADR 0027)."""

from django.db import migrations

from tenants.links_up import LetGoOfPublic


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0004_consents"),
        ("accounts", "0005_public_rows_stay"),
        ("catalog", "0001_initial"),
        ("taggit", "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx"),
        ("wagtailadmin", "0006_formstate"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailimages", "0027_image_description"),
        ("wagtailsearch", "0010_add_text_fields"),
        ("wagtailusers", "0015_userprofile_keyboard_shortcuts"),
    ]
    operations = [LetGoOfPublic()]
