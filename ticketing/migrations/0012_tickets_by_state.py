from django.db import migrations, models

from integrations.models.long_tables import AddIndexToLongTable


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("ticketing", "0011_searches")]

    operations = [
        AddIndexToLongTable("ticket", models.Index(fields=["state", "id"], name="tickets_by_state")),
    ]
