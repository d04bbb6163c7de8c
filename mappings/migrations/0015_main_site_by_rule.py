from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mappings", "0014_refused_company_pairs")]

    operations = [
        migrations.AddField(
            model_name="assetrules",
            name="main_site",
            field=models.BooleanField(
                default=False,
                help_text="Scheduled updates create assets of such a company at the main site of its client. "
                "Off: they leave its new computers out, with that reason. An export by hand asks for itself.",
                verbose_name="main site for companies without a default site",
            ),
        ),
    ]
