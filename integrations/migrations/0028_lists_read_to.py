"""Lists that may not be read: with the time up to which they had been read, instead of their names alone."""

from django.db import migrations, models


def with_times(apps, schema_editor):
    """Nobody noted whether such a list was ever read: what it holds stays a baseline, as it was to be."""
    consoles = apps.get_model("integrations", "Console").objects.using(schema_editor.connection.alias)
    changed = []
    for console in consoles.exclude(unread_lists=[]).only("unread_lists"):
        if isinstance(console.unread_lists, list):
            console.unread_lists = dict.fromkeys(console.unread_lists)
            changed.append(console)
    consoles.bulk_update(changed, ["unread_lists"])
    consoles.filter(unread_lists=[]).update(unread_lists={})


class Migration(migrations.Migration):
    dependencies = [("integrations", "0027_token_scopes")]

    operations = [
        migrations.AlterField(
            model_name="console",
            name="unread_lists",
            field=models.JSONField(
                blank=True,
                default=dict,
                editable=False,
                help_text="Beginnings of series keys whose list the last read of the events was not allowed to "
                "see, each with the time up to which it had been read; null if never.",
            ),
        ),
        migrations.RunPython(with_times, migrations.RunPython.noop),
    ]
