import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0041_gone_computers"),
        ("mappings", "0013_held_mappings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="companysuggestion",
            name="evidence",
            field=models.CharField(
                choices=[
                    ("field", "The same value in the chosen pair of fields"),
                    ("domain", "The same domain"),
                    ("name", "The same name"),
                    ("similar", "A similar name"),
                    ("refused", "Taken apart by staff"),
                ],
                default="name",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="RefusedCompanyPair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("refused_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refused_clients",
                        to="integrations.company",
                    ),
                ),
                (
                    "halo_client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="integrations.haloclient",
                    ),
                ),
                (
                    "refused_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "halo_client"), name="company_pair_refused_once"
                    )
                ],
            },
        ),
    ]
