from django.db import migrations, models

from integrations.models.long_tables import AddIndexToLongTable


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("integrations", "0036_restored_databases")]

    operations = [
        AddIndexToLongTable("company", models.Index(fields=["name", "id"], name="companies_by_name")),
        AddIndexToLongTable("entry", models.Index(fields=["run", "id"], name="results_in_order")),
        AddIndexToLongTable("entry", models.Index(fields=["outcome", "id"], name="results_by_outcome")),
    ]
