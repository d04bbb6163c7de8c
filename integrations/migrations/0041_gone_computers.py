from django.db import migrations, models

from integrations.models.long_tables import AddIndexToLongTable


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("integrations", "0040_what_waits")]

    operations = [
        AddIndexToLongTable(
            "computer",
            models.Index(
                fields=["name", "-id"], condition=models.Q(active=False), name="gone_computers_by_name"
            ),
        ),
    ]
