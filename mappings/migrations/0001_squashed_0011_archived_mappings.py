"""All tables of this app as a new database gets them: one migration instead of 11.

What the replaced ones did to data that was there has nothing to do in a new database; they stay for databases
that began with them.
"""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('mappings', '0001_initial'), ('mappings', '0002_company_mapping_page'), ('mappings', '0003_computers_reviewed_and_ignored'), ('mappings', '0004_field_mapping_and_limits'), ('mappings', '0005_gaps_and_counts'), ('mappings', '0006_exports'), ('mappings', '0007_imported_sheets'), ('mappings', '0008_more_kinds_of_sheets'), ('mappings', '0009_sheets_of_assets'), ('mappings', '0010_rows_of_sheets_are_viewed'), ('mappings', '0011_archived_mappings')]

    initial = True

    dependencies = [
        ('auth', '__first__'),
        ('integrations', '0001_squashed_0032_alarms'),
    ]

    operations = [
        migrations.CreateModel(
            name='AssetRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('halo_credential', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='asset_rules', to='integrations.halocredential')),
                ('grace_days', models.PositiveSmallIntegerField(default=7, help_text='How long a computer has to be gone from every console before the asset that was created for it is made inactive.', validators=[django.core.validators.MaxValueValidator(365)], verbose_name='grace days')),
                ('gone_status', models.IntegerField(blank=True, help_text='Set when such an asset is made inactive. Empty: the status stays as it is.', null=True, verbose_name='status of a gone asset')),
                ('reactivate', models.BooleanField(default=True, help_text='Only assets that were made inactive from here, with the status that they had before.', verbose_name='active again when the computer is back')),
                ('asset_group', models.IntegerField(blank=True, help_text='Asset types that are missing in HaloPSA are created in this asset group.', null=True, verbose_name='asset group of new asset types')),
            ],
            options={
                'verbose_name': 'asset rules',
                'verbose_name_plural': 'asset rules',
            },
        ),
        migrations.CreateModel(
            name='CompanyMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mappings', to='integrations.company')),
                ('halo_credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='company_mappings', to='integrations.halocredential')),
                ('halo_client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mappings', to='integrations.haloclient', verbose_name='Halo client [customer]')),
                ('halo_site', models.ForeignKey(blank=True, help_text="Always a site of the client. Preset: the client's main site.", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.halosite', verbose_name='default site')),
                ('create_tickets', models.BooleanField(default=False, help_text='Off: no new tickets; open ones are still noted and closed.')),
                ('tickets_since', models.DateTimeField(blank=True, editable=False, help_text='What was open before is the baseline.', null=True)),
                ('no_notification', models.BooleanField(default=False, help_text='On: nothing at all is written to tickets of this company.')),
                ('enable_configuration', models.BooleanField(default=False, help_text='On: the assets of this company are kept up to date by schedule, within the limits that staff have set. Off: they stay as they are.')),
                ('archived_at', models.DateTimeField(blank=True, editable=False, help_text='No new tickets and no asset updates since then; it can be brought back.', null=True, verbose_name='offboarded')),
                ('switches_before', models.JSONField(blank=True, default=list, editable=False, help_text='Switches that offboarding has turned off.')),
                ('reason', models.CharField(blank=True, help_text='Why this pair.', max_length=255)),
                ('known_as', models.CharField(blank=True, editable=False, help_text="The client's name when staff last looked at this pair; another name now is a question.", max_length=255)),
                ('mapped_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('mapped_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['company__name'],
                'constraints': [models.UniqueConstraint(fields=('company', 'halo_credential'), name='one_client_per_company_and_credential')],
            },
        ),
        migrations.CreateModel(
            name='CompanySuggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suggestions', to='integrations.company')),
                ('halo_credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.halocredential')),
                ('halo_client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='company_suggestions', to='integrations.haloclient')),
                ('score', models.PositiveSmallIntegerField(help_text='100: an exact one.')),
                ('evidence', models.CharField(choices=[('field', 'The same value in the chosen pair of fields'), ('domain', 'The same domain'), ('name', 'The same name'), ('similar', 'A similar name')], default='name', max_length=10)),
                ('reason', models.CharField(max_length=255)),
                ('ambiguous', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['company__name', '-score'],
                'constraints': [models.UniqueConstraint(fields=('company', 'halo_client'), name='one_suggestion_per_company_and_client')],
            },
        ),
        migrations.CreateModel(
            name='ComputerMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('computer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mappings', to='integrations.computer')),
                ('console', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.console')),
                ('halo_credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='computer_mappings', to='integrations.halocredential')),
                ('halo_asset', models.ForeignKey(blank=True, help_text='Empty: to be exported.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='mappings', to='integrations.haloasset')),
                ('halo_site', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.halosite', verbose_name='site')),
                ('asset_type', models.IntegerField(blank=True, help_text="Halo's id of the asset type, for a new asset.", null=True)),
                ('wanted_site', models.ForeignKey(blank=True, help_text='The next export moves the asset to this site. Empty: it stays where it is.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.halosite')),
                ('wanted_type', models.IntegerField(blank=True, help_text="Halo's id of the asset type that the next export gives to the asset. Empty: it keeps its own.", null=True)),
                ('origin', models.CharField(choices=[('matched', 'Matched'), ('chosen', 'Chosen by hand'), ('exported', 'Exported')], default='chosen', editable=False, max_length=10)),
                ('created_by_us', models.BooleanField(default=False, editable=False, help_text='We created the asset; only such an asset is ever retired.')),
                ('held', models.BooleanField(default=False, help_text='Left alone until released.')),
                ('held_by', models.ForeignKey(blank=True, editable=False, help_text='The run that undid what had been exported.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.run')),
                ('retired_at', models.DateTimeField(blank=True, editable=False, help_text='Its asset was made inactive from here.', null=True)),
                ('status_before', models.IntegerField(blank=True, editable=False, help_text="Halo's id of the status that the asset had then.", null=True)),
                ('reason', models.CharField(blank=True, max_length=255)),
                ('mapped_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('mapped_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['computer__name'],
                'constraints': [models.UniqueConstraint(fields=('computer', 'halo_credential'), name='one_asset_per_computer_and_credential'), models.UniqueConstraint(condition=models.Q(('halo_asset__isnull', False)), fields=('halo_asset', 'console'), name='one_computer_per_asset_and_console')],
            },
        ),
        migrations.CreateModel(
            name='ComputerReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('halo_credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.halocredential')),
                ('computer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='integrations.computer')),
                ('kind', models.CharField(choices=[('clone', 'Several computers, one identity'), ('one_to_many', 'Several assets fit'), ('contradiction', 'The evidence disagrees'), ('moved', 'Moved to another company')], max_length=20)),
                ('reason', models.CharField(max_length=500)),
                ('candidates', models.JSONField(default=list, help_text='Our ids of the assets that come into question.')),
                ('rivals', models.JSONField(default=list, help_text='Our ids of the computers that claim the same.')),
                ('found_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decision', models.CharField(blank=True, choices=[('link', 'It is this asset'), ('export', 'It needs an asset of its own'), ('ignore', 'Ignore the computer'), ('move', 'Move its asset'), ('leave', 'Leave it as it is')], max_length=10)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'computer to review',
                'verbose_name_plural': 'computers to review',
                'ordering': ['decided_at', 'found_at', 'id'],
                'permissions': (('decide_computerreview', 'Can decide about computers to review'),),
                'indexes': [models.Index(fields=['halo_credential', 'decided_at', 'kind'], name='reviews_to_decide')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('decided_at__isnull', True)), fields=('computer', 'halo_credential'), name='one_open_review_per_computer')],
            },
        ),
        migrations.CreateModel(
            name='ExportChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='export_choices', to='integrations.plan')),
                ('computer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.computer')),
                ('asset_type', models.IntegerField(blank=True, help_text="Halo's id of the asset type.", null=True)),
                ('halo_site', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.halosite')),
                ('inventory_number', models.CharField(blank=True, max_length=255, verbose_name='asset tag')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('plan', 'computer'), name='one_choice_per_plan_and_computer')],
            },
        ),
        migrations.CreateModel(
            name='FieldMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('halo_credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='field_mappings', to='integrations.halocredential')),
                ('asset_type', models.IntegerField(blank=True, help_text="Halo's id; empty: for all types.", null=True)),
                ('source', models.CharField(choices=[('attribute', 'Attribute of the computer'), ('constant', 'Constant'), ('template', 'Template')], default='attribute', max_length=10)),
                ('attribute', models.CharField(blank=True, help_text='For the source “attribute”.', max_length=40)),
                ('text', models.CharField(blank=True, help_text='The constant, or a template such as “{manufacturer} {model}”.', max_length=1000)),
                ('target', models.CharField(choices=[('field', 'Asset field'), ('custom', 'Custom field'), ('property', 'Property of the asset')], default='field', max_length=10)),
                ('field_id', models.IntegerField(blank=True, help_text="Halo's id of the asset field or custom field.", null=True, verbose_name='Halo field')),
                ('property', models.CharField(blank=True, choices=[('warranty_start', 'Start of warranty'), ('warranty_end', 'End of warranty'), ('supplier_purchasedate', 'Date of purchase'), ('status_id', 'Asset status')], help_text='For the target “property of the asset”.', max_length=40)),
                ('owner', models.CharField(choices=[('console', 'Console (always written)'), ('halo', 'HaloPSA (never written)'), ('fill', 'Fill if empty')], default='console', max_length=10)),
                ('console_order', models.JSONField(blank=True, default=list, help_text='Ids of consoles: where several see one computer, the first that tells a value decides. Empty: the one that saw it last.')),
                ('day_format', models.CharField(blank=True, choices=[('', '2027-03-31'), ('british', '31/03/2027'), ('american', '03/31/2027')], default='', help_text='In fields that hold text.', max_length=10, verbose_name='dates as')),
            ],
            options={
                'ordering': ['attribute', 'id'],
                'constraints': [models.UniqueConstraint(fields=('halo_credential', 'asset_type', 'target', 'field_id', 'property'), name='one_source_per_type_and_target'), models.UniqueConstraint(condition=models.Q(('asset_type__isnull', True)), fields=('halo_credential', 'target', 'field_id', 'property'), name='one_common_source_per_target'), models.UniqueConstraint(condition=models.Q(('target', 'property')), fields=('halo_credential', 'asset_type', 'property'), name='one_source_per_type_and_property'), models.UniqueConstraint(condition=models.Q(('asset_type__isnull', True), ('target', 'property')), fields=('halo_credential', 'property'), name='one_common_source_per_property'), models.CheckConstraint(condition=models.Q(models.Q(('field_id__isnull', True), ('target', 'property'), models.Q(('property', ''), _negated=True)), models.Q(models.Q(('target', 'property'), _negated=True), ('field_id__isnull', False), ('property', '')), _connector='OR'), name='a_field_or_a_property')],
            },
        ),
        migrations.CreateModel(
            name='Gap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('halo_credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='gaps', to='integrations.halocredential')),
                ('kind', models.CharField(choices=[('not_in_halo', 'In a console, not in HaloPSA'), ('not_in_console', 'In HaloPSA, in no console'), ('two_companies', 'In two companies'), ('backup_only', 'Backup without RMM'), ('rmm_only', 'RMM without backup'), ('not_seen', 'Not seen for long'), ('double_asset', 'Duplicate in HaloPSA')], max_length=20)),
                ('computer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='gaps', to='integrations.computer')),
                ('halo_asset', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='gaps', to='integrations.haloasset', verbose_name='Halo asset')),
                ('console', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.console')),
                ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.company')),
                ('client', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.haloclient', verbose_name='Halo client [customer]')),
                ('name', models.CharField(max_length=255)),
                ('reason', models.CharField(max_length=500)),
                ('last_seen', models.DateTimeField(help_text='Of the computer, as of the last look.', null=True)),
                ('digest', models.CharField(editable=False, max_length=32)),
                ('noticed_at', models.DateTimeField(default=django.utils.timezone.now, help_text='Since when it is as it is.')),
                ('dismissed_at', models.DateTimeField(null=True)),
                ('dismissed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dismissed_because', models.CharField(blank=True, max_length=255)),
            ],
            options={
                'ordering': ['name'],
                'indexes': [models.Index(fields=['halo_credential', 'dismissed_at', 'kind'], name='gaps_by_kind'), models.Index(fields=['halo_credential', 'dismissed_at', 'name'], name='gaps_by_name')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('computer__isnull', False)), fields=('halo_credential', 'kind', 'computer'), name='one_gap_per_kind_and_computer'), models.UniqueConstraint(condition=models.Q(('halo_asset__isnull', False)), fields=('halo_credential', 'kind', 'halo_asset'), name='one_gap_per_kind_and_asset'), models.CheckConstraint(condition=models.Q(models.Q(('computer__isnull', False), ('halo_asset__isnull', True)), models.Q(('computer__isnull', True), ('halo_asset__isnull', False)), _connector='OR'), name='a_gap_is_of_one_thing')],
            },
        ),
        migrations.CreateModel(
            name='IgnoredCompany',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ignored_in', to='integrations.company')),
                ('halo_credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.halocredential')),
                ('reason', models.CharField(blank=True, max_length=255)),
                ('ignored_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('ignored_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'ignored companies',
                'ordering': ['company__name'],
                'constraints': [models.UniqueConstraint(fields=('company', 'halo_credential'), name='ignored_once_per_credential')],
            },
        ),
        migrations.CreateModel(
            name='IgnoreRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Why they are ignored, e.g. “Test bench”.', max_length=100)),
                ('enabled', models.BooleanField(default=True)),
                ('console', models.ForeignKey(blank=True, help_text='None: all.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.console')),
                ('company', models.ForeignKey(blank=True, help_text='None: all.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.company')),
                ('name_pattern', models.CharField(blank=True, help_text='Device name; * stands for anything, ? for one character. Case does not matter.', max_length=255)),
                ('product', models.CharField(blank=True, help_text="As the console spells it; any of the computer's products.", max_length=200)),
                ('device_class', models.CharField(blank=True, help_text="As on the computer's page.", max_length=40)),
                ('tag', models.CharField(blank=True, help_text='Of the computer, as the console spells it.', max_length=100)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='IgnoredComputer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('computer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ignored_by', to='integrations.computer')),
                ('rule', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='ignored', to='mappings.ignorerule')),
                ('reason', models.CharField(blank=True, max_length=255)),
                ('ignored_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('ignored_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['computer__name'],
                'constraints': [models.UniqueConstraint(fields=('computer', 'rule'), name='ignored_once_by_rule'), models.UniqueConstraint(condition=models.Q(('rule__isnull', True)), fields=('computer',), name='ignored_once_by_hand')],
            },
        ),
        migrations.CreateModel(
            name='LocationMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mappings', to='integrations.location')),
                ('company_mapping', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='location_mappings', to='mappings.companymapping')),
                ('halo_site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.halosite', verbose_name='Halo site')),
                ('mapped_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('mapped_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['location__name'],
                'constraints': [models.UniqueConstraint(fields=('location', 'company_mapping'), name='one_site_per_location_and_mapping')],
            },
        ),
        migrations.CreateModel(
            name='MappingSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('halo_credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.halocredential')),
                ('what', models.CharField(choices=[('companies', 'Company mappings'), ('products', 'Default asset types'), ('computers', 'Computer mappings'), ('assets', 'Assets')], max_length=10, verbose_name='holds')),
                ('file_name', models.CharField(max_length=200, verbose_name='file')),
                ('size', models.PositiveIntegerField(default=0)),
                ('content', models.BinaryField(default=bytes, help_text='The file, compressed.')),
                ('found', models.JSONField(blank=True, default=dict, editable=False, help_text='Sheet, headers, what each was taken for.')),
                ('counts', models.JSONField(blank=True, default=dict, help_text='Rows by verdict, unchanged ones too.')),
                ('state', models.CharField(choices=[('looking', 'Being looked at'), ('asks', 'Needs a choice'), ('ready', 'Ready to apply'), ('applying', 'Being applied'), ('applied', 'Applied'), ('failed', 'Cannot be read')], db_index=True, default='looking', max_length=10)),
                ('reason', models.TextField(blank=True, help_text='Why it cannot be read.')),
                ('checksum', models.CharField(blank=True, help_text='Of what its rows would do.', max_length=64)),
                ('look_run', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.run')),
                ('apply_run', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.run')),
                ('plan', models.ForeignKey(blank=True, editable=False, help_text='Assets: what the sheet became.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.plan')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('looked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('applied_at', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                'verbose_name': 'imported sheet',
                'ordering': ['-id'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='MonthEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('halo_credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='month_ends', to='integrations.halocredential')),
                ('ends_on', models.DateField(verbose_name="month's end")),
                ('counted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('left_out', models.PositiveIntegerField(default=0, help_text='Computers of companies that are not mapped.')),
                ('stale_consoles', models.JSONField(default=list, help_text='Consoles that had not been read in the day before: their figures are older.')),
            ],
            options={
                'ordering': ['-ends_on'],
                'constraints': [models.UniqueConstraint(fields=('halo_credential', 'ends_on'), name='a_month_is_counted_once')],
            },
        ),
        migrations.CreateModel(
            name='MonthCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month_end', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='counts', to='mappings.monthend')),
                ('client', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.haloclient')),
                ('client_halo_id', models.IntegerField(null=True, verbose_name='HaloPSA ID of the client')),
                ('client_name', models.CharField(max_length=255, verbose_name='client')),
                ('console', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.console')),
                ('console_name', models.CharField(max_length=200, verbose_name='console')),
                ('product', models.CharField(blank=True, max_length=200)),
                ('asset_type', models.IntegerField(help_text="Halo's id; empty: not in HaloPSA.", null=True)),
                ('asset_type_name', models.CharField(blank=True, max_length=255, verbose_name='asset type')),
                ('number', models.PositiveIntegerField(verbose_name='computers')),
            ],
            options={
                'verbose_name': 'count',
                'ordering': ['client_name', 'console_name', 'product', 'asset_type_name'],
                'indexes': [models.Index(fields=['month_end', 'client_name'], name='counts_by_client')],
            },
        ),
        migrations.CreateModel(
            name='Newcomer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('halo_credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.halocredential')),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.company')),
                ('halo_client', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.haloclient')),
                ('state', models.CharField(choices=[('known', 'Known from the start'), ('open', 'To do'), ('dismissed', 'Dismissed')], max_length=10)),
                ('noticed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('dismissed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'new company or client',
                'verbose_name_plural': 'new companies and clients',
                'ordering': ['-noticed_at', '-id'],
                'indexes': [models.Index(fields=['halo_credential', 'state'], name='newcomers_by_state')],
                'constraints': [models.UniqueConstraint(fields=('halo_credential', 'company'), name='newcomer_company_once'), models.UniqueConstraint(fields=('halo_credential', 'halo_client'), name='newcomer_client_once'), models.CheckConstraint(condition=models.Q(('company__isnull', True), ('halo_client__isnull', True), _connector='XOR'), name='newcomer_is_one_thing')],
            },
        ),
        migrations.CreateModel(
            name='ProductMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('console', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='product_mappings', to='integrations.console')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mappings', to='integrations.product')),
                ('halo_credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.halocredential')),
                ('asset_type', models.IntegerField(help_text="Halo's id of the asset type.")),
            ],
            options={
                'verbose_name': 'default asset type',
                'ordering': ['product__name'],
                'constraints': [models.UniqueConstraint(fields=('product', 'halo_credential'), name='one_type_per_product_and_credential')],
            },
        ),
        migrations.CreateModel(
            name='RefusedPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('computer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refused_pairs', to='integrations.computer')),
                ('halo_asset', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.haloasset')),
                ('refused_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('refused_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('computer', 'halo_asset'), name='refused_once')],
            },
        ),
        migrations.CreateModel(
            name='SheetAsset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='sheet_assets', to='integrations.plan')),
                ('number', models.PositiveIntegerField(verbose_name='row')),
                ('told', models.JSONField(blank=True, default=dict)),
                ('column', models.CharField(blank=True, max_length=220)),
                ('problem', models.CharField(blank=True, max_length=500)),
                ('halo_asset', models.ForeignKey(blank=True, help_text='The asset that was made of it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.haloasset')),
                ('created_by_us', models.BooleanField(default=False, editable=False)),
            ],
            options={
                'verbose_name': 'row of an asset sheet',
                'verbose_name_plural': 'rows of asset sheets',
                'ordering': ['number'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('plan', 'number'), name='one_asset_per_row_of_a_sheet')],
            },
        ),
        migrations.CreateModel(
            name='SheetRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sheet', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='mappings.mappingsheet')),
                ('number', models.PositiveIntegerField(verbose_name='row')),
                ('name', models.CharField(blank=True, max_length=300)),
                ('subject_id', models.BigIntegerField(blank=True, help_text='The company, product or computer.', null=True)),
                ('verdict', models.CharField(choices=[('creates', 'New'), ('changes', 'Changed'), ('unchanged', 'Unchanged'), ('refused', 'Refused')], max_length=10)),
                ('column', models.CharField(blank=True, help_text='The column that it is refused for.', max_length=220)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('before', models.JSONField(blank=True, null=True)),
                ('after', models.JSONField(blank=True, default=dict)),
                ('outcome', models.CharField(blank=True, choices=[('done', 'Done'), ('skipped', 'Skipped'), ('refused', 'Refused by HaloPSA'), ('changed_meanwhile', 'Changed meanwhile'), ('uncertain', 'Uncertain, being looked up'), ('observed', 'Only observed'), ('failed', 'Failed'), ('warning', 'Warning'), ('held', 'Waits for approval')], max_length=20)),
            ],
            options={
                'verbose_name': 'row of an imported sheet',
                'verbose_name_plural': 'rows of imported sheets',
                'ordering': ['number'],
                'default_permissions': ('view',),
                'constraints': [models.UniqueConstraint(fields=('sheet', 'number'), name='one_row_per_number')],
            },
        ),
        migrations.CreateModel(
            name='SuggestionFields',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('console', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.console')),
                ('halo_credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.halocredential', verbose_name='HaloPSA credential')),
                ('company_field', models.CharField(choices=[('account_number', 'Account number'), ('external_id', 'ID in the console'), ('domain', 'Domain'), ('tag', 'Tag (any of them)')], max_length=20, verbose_name="field of the console's company")),
                ('client_field', models.CharField(help_text='reference, accountsid, halo_id, domain, ninjarmmid, datto_id, datto_alternate_id, ncentral_details_id, connectwiseid, autotaskid, ateraid, syncroid, cautomateid, kaseyaid, itglue_id, liongardid, or CF with the ID of a custom field of clients.', max_length=60, verbose_name='field of the Halo client')),
                ('client_field_name', models.CharField(blank=True, editable=False, help_text='What HaloPSA calls that custom field.', max_length=255)),
            ],
            options={
                'verbose_name': 'pair of fields for suggestions',
                'verbose_name_plural': 'pairs of fields for suggestions',
                'ordering': ['console__name'],
                'constraints': [models.UniqueConstraint(fields=('console', 'halo_credential'), name='one_pair_of_fields_per_console_and_credential')],
            },
        ),
        migrations.CreateModel(
            name='SyncLimits',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('halo_credential', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sync_limits', to='integrations.halocredential')),
                ('interval_minutes', models.PositiveIntegerField(default=240, validators=[django.core.validators.MinValueValidator(15), django.core.validators.MaxValueValidator(10080)], verbose_name='minutes between two updates')),
                ('create_assets', models.BooleanField(default=True, help_text='Off: assets that are there are kept up to date, new ones wait for an export by hand.', verbose_name='create assets of new computers')),
                ('most_share', models.PositiveSmallIntegerField(default=20, help_text='Of its assets. More of them wait for approval.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='most changes of a company, in per cent')),
                ('always_allowed', models.PositiveIntegerField(default=5, help_text='So many need no approval, whatever their share: small companies have few assets.', verbose_name='changes of a company that are always allowed')),
                ('most_deactivations', models.PositiveIntegerField(default=5, help_text='Over all companies. If there are more, all of them wait for approval.', verbose_name='most assets made inactive by one run')),
            ],
            options={
                'verbose_name': 'limits of asset updates',
                'verbose_name_plural': 'limits of asset updates',
            },
        ),
        migrations.CreateModel(
            name='CompanyChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.company')),
                ('halo_credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.halocredential')),
                ('text', models.CharField(max_length=500)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('changed_by', models.ForeignKey(blank=True, help_text='Empty: the bridge itself, or a staff account that was deleted.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'change of a company mapping',
                'verbose_name_plural': 'changes of company mappings',
                'ordering': ['-changed_at', '-id'],
                'indexes': [models.Index(fields=['company', 'halo_credential'], name='changes_of_company_mapping')],
            },
        ),
    ]
