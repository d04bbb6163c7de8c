from django.db import migrations

from integrations.models.long_tables import IndexSearchedColumns


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("ticketing", "0010_long_lists"), ("integrations", "0038_searches")]

    operations = [IndexSearchedColumns("alert", "alerts_searched", ["title", "reason"])]
