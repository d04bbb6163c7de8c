from django.db import migrations, models

from integrations.models.long_tables import AddIndexToLongTable


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("integrations", "0039_known_machines")]

    operations = [
        AddIndexToLongTable("haloasset", models.Index(fields=["name", "-id"], name="assets_by_name")),
        AddIndexToLongTable("run", models.Index(fields=["state", "id"], name="runs_by_state")),
        AddIndexToLongTable(
            "rawdelivery",
            models.Index(
                fields=["id"], condition=~models.Q(error=""), name="deliveries_with_a_problem"
            ),
        ),
    ]
