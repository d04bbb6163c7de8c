from django.db import migrations, models

from integrations.models.long_tables import AddIndexToLongTable


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("ticketing", "0009_windows_once")]

    operations = [
        AddIndexToLongTable("alert", models.Index(fields=["-newest_at", "-id"], name="alerts_newest_first")),
        AddIndexToLongTable(
            "alert", models.Index(fields=["decision", "-newest_at"], name="alerts_by_decision")
        ),
    ]
