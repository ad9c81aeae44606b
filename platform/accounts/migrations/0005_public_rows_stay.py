"""What counties' rows name is never deleted: no foreign key of theirs keeps it (ADR 0027).

People are closed, not deleted. Groups that no county owns (Wagtail's own two) may go.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION public.counties_may_name_it() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never deleted: counties name them', TG_TABLE_NAME
    USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'counties_may_name_it';
END $$;
CREATE TRIGGER counties_may_name_it BEFORE DELETE ON public.accounts_user
  FOR EACH ROW EXECUTE FUNCTION public.counties_may_name_it();
CREATE TRIGGER counties_may_name_it BEFORE DELETE ON public.django_content_type
  FOR EACH ROW EXECUTE FUNCTION public.counties_may_name_it();
CREATE TRIGGER counties_may_name_it BEFORE DELETE ON public.auth_permission
  FOR EACH ROW EXECUTE FUNCTION public.counties_may_name_it();
CREATE TRIGGER counties_may_name_it BEFORE DELETE ON public.auth_group
  FOR EACH ROW WHEN (OLD.name ~ '^c[0-9]{6}:') EXECUTE FUNCTION public.counties_may_name_it();
"""
AWAY = """
DROP TRIGGER counties_may_name_it ON public.accounts_user;
DROP TRIGGER counties_may_name_it ON public.django_content_type;
DROP TRIGGER counties_may_name_it ON public.auth_permission;
DROP TRIGGER counties_may_name_it ON public.auth_group;
DROP FUNCTION public.counties_may_name_it();
"""


class Migration(migrations.Migration):
    safe_because = "nothing that runs deletes a row of these tables"
    dependencies = [
        ("accounts", "0004_three_officers"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunSQL(GUARD, AWAY)]
