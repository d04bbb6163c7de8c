from django.db import migrations

from integrations.models.long_tables import IndexSearchedColumns


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("ticketing", "0012_tickets_by_state"), ("integrations", "0038_searches")]

    operations = [IndexSearchedColumns("ticket", "tickets_searched", ["summary"])]
