from django.db import migrations, models

from integrations.models.long_tables import AddIndexToLongTable


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("mappings", "0012_gaps_by_machine")]

    operations = [
        AddIndexToLongTable(
            "computermapping",
            models.Index(fields=["computer"], condition=models.Q(held=True), name="held_mappings"),
        ),
    ]
