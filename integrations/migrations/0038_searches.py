from django.db import migrations

from integrations.models.long_tables import IndexSearchedColumns


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("integrations", "0037_long_lists")]

    operations = [
        IndexSearchedColumns(
            "company", "companies_searched", ["name", "domain", "account_number", "external_id"]
        ),
        IndexSearchedColumns("computer", "computers_searched", ["name", "host_name", "serial_number"]),
        IndexSearchedColumns("event", "events_searched", ["title", "external_id"]),
        IndexSearchedColumns("entry", "results_searched", ["subject", "reason"]),
    ]
