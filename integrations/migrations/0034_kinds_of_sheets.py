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
        migrations.AlterField(
            model_name="run",
            name="kind",
            field=models.CharField(
                choices=[
                    ("test_halo", "Test of a HaloPSA credential"),
                    ("test_console", "Test of a console"),
                    ("sync_halo", "Sync from HaloPSA"),
                    ("sync_console", "Sync from a console"),
                    ("events", "Fetch of events"),
                    ("deliveries", "Reading of webhook deliveries"),
                    ("match", "Matching"),
                    ("plan_assets", "Asset preview"),
                    ("apply_assets", "Asset export"),
                    ("keep_assets", "Scheduled asset update"),
                    ("route", "Routing of events"),
                    ("deliver", "Delivery of tickets"),
                    ("software", "Read of installed software"),
                    ("watch", "Look at tickets in HaloPSA"),
                    ("simulate", "Simulation"),
                    ("look_upload", "Look at a spreadsheet"),
                    ("apply_upload", "Apply a spreadsheet"),
                    ("look_sheet", "Look at an imported sheet"),
                    ("apply_sheet", "Apply an imported sheet"),
                    ("preflight", "Look at profiles"),
                    ("gaps", "Look for gaps"),
                    ("counts", "Counts of a month's end"),
                    ("sweep", "Nightly sweep"),
                    ("test_alarm", "Test of an alarm channel"),
                    ("canary", "Queue canary"),
                ],
                max_length=20,
            ),
        ),
        migrations.RunPython(_name_sheets, _back),
    ]
