"""Do the keys open what lies encrypted in the database? Some values of every column, the oldest and the newest."""

SAMPLE = 50


def open_some(*, all_counties: bool) -> tuple[int, list[str]]:
    """How many values opened, and a sentence for each column that did not; of counties all, or the first."""
    from tenants.models import County
    from tenants.scope import county_scope

    opened, troubles = _open_some_of("public")
    counties = County.objects.filter(schema_state__isnull=False).defer("contact_phone").order_by("code")
    for county in counties if all_counties else counties[:1]:
        with county_scope(county):
            more, closed = _open_some_of(county.schema_name)
        opened, troubles = opened + more, troubles + [f"{county.code} {line}" for line in closed]
    return opened, troubles


def _open_some_of(schema: str) -> tuple[int, list[str]]:
    from cryptography.fernet import InvalidToken
    from django.apps import apps
    from django.db import connection
    from django.db.models import TextField
    from django.db.models.functions import Cast

    from kernel.privacy import EncryptedTextField

    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        tables = {row[0] for row in cursor.fetchall()}
    opened, troubles = 0, []
    for model in apps.get_models():
        sealed = [field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
        for name in sealed if model._meta.db_table in tables else ():
            rows = model._default_manager.annotate(sealed=Cast(name, TextField())).exclude(sealed="")
            try:
                for order in ("pk", "-pk"):
                    opened += len(list(rows.order_by(order).values_list(name, flat=True)[:SAMPLE]))
            except InvalidToken:
                troubles.append(f"密钥打不开 {model._meta.label} 的 {name}")
    return opened, troubles
