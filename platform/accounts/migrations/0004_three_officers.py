"""The three officers are three people, and officers only: kept by the database (ADR 0024).

Two grants at the same moment see only their own row. So each first locks the person's row: the
second waits for the first to end, and then sees what it wrote.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION public.officers_stand_alone() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  officers CONSTANT text[] := ARRAY['system_admin', 'security_admin', 'auditor'];
  no_office CONSTANT text[] := ARRAY['shopper'];
BEGIN
  IF NEW.revoked_at IS NOT NULL OR NEW.role = ANY (no_office) THEN
    RETURN NEW;
  END IF;
  PERFORM 1 FROM public.accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
  IF EXISTS (
    SELECT 1 FROM public.accounts_membership held
    WHERE held.user_id = NEW.user_id AND held.id <> NEW.id AND held.revoked_at IS NULL
      AND held.role <> NEW.role AND held.role <> ALL (no_office)
      AND (held.role = ANY (officers) OR NEW.role = ANY (officers))
  ) THEN
    RAISE EXCEPTION 'an officer holds no second role'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'officers_stand_alone';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER officers_stand_alone BEFORE INSERT OR UPDATE ON public.accounts_membership
  FOR EACH ROW EXECUTE FUNCTION public.officers_stand_alone();
"""
AWAY = """
DROP TRIGGER officers_stand_alone ON public.accounts_membership;
DROP FUNCTION public.officers_stand_alone();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_messages_and_data_rights")]
    operations = [migrations.RunSQL(GUARD, AWAY)]
