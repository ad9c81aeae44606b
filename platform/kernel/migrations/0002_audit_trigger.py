"""The trail can only grow: an update may seal an entry once, nothing else; no entry is deleted."""

from django.db import migrations

GUARD = """
CREATE FUNCTION public.audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.place IS NULL AND NEW.place IS NOT NULL
     AND (to_jsonb(OLD) - 'place' - 'seal') = (to_jsonb(NEW) - 'place' - 'seal') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'audit entries are never changed or deleted';
END $$;
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE ON public.kernel_auditentry
  FOR EACH ROW EXECUTE FUNCTION public.audit_only_grows();
CREATE TRIGGER audit_never_emptied BEFORE TRUNCATE ON public.kernel_auditentry
  FOR EACH STATEMENT EXECUTE FUNCTION public.audit_only_grows();
"""
AWAY = """
DROP TRIGGER audit_only_grows ON public.kernel_auditentry;
DROP TRIGGER audit_never_emptied ON public.kernel_auditentry;
DROP FUNCTION public.audit_only_grows();
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, AWAY)]
