"""Imported sheets of mappings have kinds of runs of their own; runs of before are told by their parameter."""

from typing import Any

from django.db import migrations, models

KINDS = {"look_upload": "look_sheet", "apply_upload": "apply_sheet"}


def _name_sheets(apps: Any, schema_editor: Any) -> None:
    runs = apps.get_model("integrations", "Run").objects
    for before, after in KINDS.items():
        runs.filter(kind=before, parameters__has_key="sheet").update(kind=after)


def _back(apps: Any, schema_editor: Any) -> None:
    runs = apps.get_model("integrations", "Run").objects
    for before, after in KINDS.items():
        runs.filter(kind=after).update(kind=before)


class Migration(migrations.Migration):
    dependencies = [("integrations", "0033_alarms_by_channel")]

    operations = [
        
        migrations.RunPython(_name_sheets, _back),
    ]
