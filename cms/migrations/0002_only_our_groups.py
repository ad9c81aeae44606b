"""A row that lets a group touch pages or files is refused when the group is another county's.

Wagtail asks Django's groups, which are public and know no county; a slip in an import or a shell
would else open a county to its neighbour's editors.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION only_our_groups() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE called text;
BEGIN
  SELECT name INTO called FROM public.auth_group WHERE id = NEW.group_id;
  IF called IS NULL OR split_part(called, ':', 1) <> TG_TABLE_SCHEMA THEN
    RAISE EXCEPTION 'group % does not belong to %', called, TG_TABLE_SCHEMA;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_our_groups BEFORE INSERT OR UPDATE ON wagtailcore_grouppagepermission
  FOR EACH ROW EXECUTE FUNCTION only_our_groups();
CREATE TRIGGER only_our_groups BEFORE INSERT OR UPDATE ON wagtailcore_groupcollectionpermission
  FOR EACH ROW EXECUTE FUNCTION only_our_groups();
"""
AWAY = """
DROP TRIGGER only_our_groups ON wagtailcore_grouppagepermission;
DROP TRIGGER only_our_groups ON wagtailcore_groupcollectionpermission;
DROP FUNCTION only_our_groups();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0001_initial"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
    ]
    operations = [migrations.RunSQL(GUARD, AWAY)]
