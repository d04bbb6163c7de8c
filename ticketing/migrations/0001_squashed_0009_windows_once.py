"""All tables of this app as a new database gets them: one migration instead of 9.

What the replaced ones did to data that was there has nothing to do in a new database; they stay for databases
that began with them.
"""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import ticketing.clock
import ticketing.models.noise
import ticketing.wording.checks
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('ticketing', '0001_initial'), ('ticketing', '0002_life_of_a_ticket'), ('ticketing', '0003_watching'), ('ticketing', '0004_templates'), ('ticketing', '0005_noise'), ('ticketing', '0006_event_set_conditions'), ('ticketing', '0007_simulation'), ('ticketing', '0008_preflight'), ('ticketing', '0009_windows_once')]

    initial = True

    dependencies = [
        ('auth', '__first__'),
        ('integrations', '0001_squashed_0032_alarms'),
        ('mappings', '0001_squashed_0011_archived_mappings'),
    ]

    operations = [
        migrations.CreateModel(
            name='EventSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True)),
                ('event_types', models.JSONField(default=list)),
                ('severity_from', models.CharField(blank=True, choices=[('critical', 'Critical'), ('high', 'High'), ('medium', 'Medium'), ('low', 'Low'), ('info', 'Information')], help_text='This severity and all that are worse. Empty: all of them.', max_length=10, verbose_name='severity from')),
                ('companies_excluded', models.BooleanField(default=False, help_text='Off: only these companies.', verbose_name='not these companies')),
                ('computers_excluded', models.BooleanField(default=False, help_text='Off: only these computers.', verbose_name='not these computers')),
                ('tags', models.JSONField(blank=True, default=list, help_text='Of the computer or its company, as the console spells them.')),
                ('tags_excluded', models.BooleanField(default=False, help_text='Off: only these tags.', verbose_name='not these tags')),
                ('pattern', models.CharField(blank=True, help_text='Only what is called like this; * stands for anything, as in “disk*full”.', max_length=200, verbose_name='words in the title')),
                ('is_default', models.BooleanField(default=False, help_text='Serves mappings without a ticket rule of their own.', verbose_name='default')),
                ('companies', models.ManyToManyField(blank=True, related_name='+', to='integrations.company')),
                ('computers', models.ManyToManyField(blank=True, related_name='+', to='integrations.computer')),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('is_default',), name='one_default_event_set')],
            },
        ),
        migrations.CreateModel(
            name='IntegrationProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('halo_credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='profiles', to='integrations.halocredential')),
                ('ticket_type', models.IntegerField()),
                ('status_open', models.IntegerField(verbose_name='status for creation')),
                ('status_closed', models.IntegerField(verbose_name='status for close')),
                ('sla', models.IntegerField(blank=True, null=True, verbose_name='SLA')),
                ('priority', models.IntegerField(blank=True, help_text='Valid within the SLA.', null=True)),
                ('team', models.IntegerField(blank=True, null=True)),
                ('agent', models.IntegerField(blank=True, help_text='Empty: unassigned.', null=True, verbose_name='Halo agent (technician)')),
                ('client', models.ForeignKey(blank=True, help_text='Only for events that belong to no company.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.haloclient')),
                ('user', models.ForeignKey(blank=True, help_text="Only used where this end user belongs to the ticket's client.", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.halouser', verbose_name='Halo user (end user)')),
                ('category', models.IntegerField(blank=True, null=True)),
                ('urgency', models.IntegerField(blank=True, null=True)),
                ('impact', models.IntegerField(blank=True, null=True)),
                ('event_set', models.ForeignKey(blank=True, help_text='Proposed when a ticket rule is made with this profile.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='profiles', to='ticketing.eventset')),
                ('note_action', models.IntegerField(blank=True, help_text="Halo's action for notes.", null=True)),
                ('closing_action', models.IntegerField(blank=True, help_text="Halo's action for closing.", null=True)),
                ('mail_end_user', models.BooleanField(default=False, help_text='Off: HaloPSA is told not to mail anybody outside.', verbose_name='mail the end user')),
                ('run_halo_rules', models.BooleanField(default=False, help_text='On: they may change team, priority or category and send mail.', verbose_name="let HaloPSA's ticket rules and templates run")),
                ('wait_minutes', models.PositiveIntegerField(default=0, help_text='What ends by itself within them never becomes a ticket.', validators=[django.core.validators.MaxValueValidator(10080)], verbose_name='minutes before the first ticket')),
                ('grouping', models.CharField(choices=[('none', 'None: each alert has its own'), ('company_type', 'One per company and event type'), ('computer', 'One per computer'), ('product', 'One per company and product (remediation)')], default='none', help_text='The ticket lists them in a table and closes when the last of them is over.', max_length=12, verbose_name='alerts that share a ticket')),
                ('public_notes', models.BooleanField(default=False, help_text='Off: end users never see them in HaloPSA.', verbose_name='notes are public')),
                ('public_closing', models.BooleanField(default=False, help_text='Off: end users never see it in HaloPSA.', verbose_name='the closing note is public')),
                ('note_minutes', models.PositiveIntegerField(default=60, help_text='While an alert lasts its ticket gets at most one note in so many minutes, with the number of events since the one before. 0: a note for each event.', validators=[django.core.validators.MaxValueValidator(10080)], verbose_name='minutes between notes')),
                ('closing_policy', models.CharField(choices=[('at_once', 'At once'), ('quiet', 'After some quiet minutes'), ('untouched', 'Only if nobody has worked on it'), ('never', 'Never (a note says that it is over)')], default='at_once', max_length=10, verbose_name='close a ticket whose alert is over')),
                ('quiet_minutes', models.PositiveIntegerField(default=15, help_text='For “After some quiet minutes”: what comes back within them goes on in the same ticket.', validators=[django.core.validators.MaxValueValidator(10080)])),
                ('reopen_hours', models.PositiveIntegerField(default=24, help_text='An alert that comes back within so many hours reopens its ticket; later it gets a new one that names the old one. 0: always a new one.', validators=[django.core.validators.MaxValueValidator(8760)], verbose_name='hours in which it is reopened')),
                ('after_person', models.CharField(choices=[('stay_quiet', 'Stay quiet'), ('reopen', 'Note it and reopen the ticket'), ('new_ticket', 'Make a new ticket')], default='stay_quiet', help_text='The console is never written to: closing a ticket does not end its alert there.', max_length=10, verbose_name='a person closes the ticket of an alert that is still open')),
                ('after_person_hours', models.PositiveIntegerField(default=24, help_text='If the alert has ended by then, nothing happens.', validators=[django.core.validators.MaxValueValidator(8760)], verbose_name='hours until that happens')),
                ('wont_fix_statuses', models.JSONField(blank=True, default=list, help_text='A ticket closed with one of them keeps its alert quiet until it was gone once.', verbose_name="statuses that mean “won't fix”")),
                ('wont_fix_categories', models.JSONField(blank=True, default=list, help_text='The same for a ticket that has one of these categories when it is closed.', verbose_name="categories that mean “won't fix”")),
                ('summary_template', models.TextField(blank=True, default='', help_text='A template for the summary of a ticket, one line. Empty: the default text.', max_length=1000, validators=[ticketing.wording.checks.validate_template], verbose_name='own summary')),
                ('body_template', models.TextField(blank=True, default='', help_text='A template for the text of a ticket, in HTML. Empty: the default text.', max_length=20000, validators=[ticketing.wording.checks.validate_template], verbose_name='own body')),
                ('is_default', models.BooleanField(default=False, verbose_name='default')),
                ('changed_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('halo_credential', 'name'), name='one_profile_name_per_credential'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('halo_credential',), name='one_default_profile_per_credential')],
            },
        ),
        migrations.CreateModel(
            name='MaintenanceWindow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True)),
                ('enabled', models.BooleanField(default=True)),
                ('time_zone', models.CharField(help_text='Of the place where the work is done, e.g. Europe/Berlin; summer time is followed.', max_length=60, validators=[ticketing.models.noise.check_zone])),
                ('begins_on', models.DateField(help_text='The first day.')),
                ('begins_at', models.TimeField(help_text='Time of day at which it begins.')),
                ('minutes', models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10080)], verbose_name='duration in minutes')),
                ('repeats', models.CharField(choices=[('once', 'Once'), ('daily', 'Every day'), ('weekly', 'Every week'), ('monthly', 'Every month')], default='once', max_length=10)),
                ('weekdays', models.JSONField(blank=True, default=list, help_text='For “every week”: the days; none: the weekday of the first day. For “every month” with one day: that weekday of the month (the second Tuesday, if the first day is one).')),
                ('ends_on', models.DateField(blank=True, help_text='Empty: it goes on.', null=True, verbose_name='last day')),
                ('tags', models.JSONField(blank=True, default=list, help_text='Tags of computers or companies, as the console spells them.')),
                ('event_types', models.JSONField(blank=True, default=list, validators=[ticketing.models.noise.check_event_types])),
                ('companies', models.ManyToManyField(blank=True, related_name='+', to='integrations.company')),
                ('computers', models.ManyToManyField(blank=True, related_name='+', to='integrations.computer')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='NoiseSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('halo_credential', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='noise_settings', to='integrations.halocredential')),
                ('offline_mutes', models.BooleanField(default=True, help_text='While an alert that a computer is offline has a ticket, its other alerts wait.', verbose_name='a computer that is offline is told of once')),
                ('storm_minutes', models.PositiveIntegerField(default=10, help_text='For the two limits below.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1440)], verbose_name='minutes that are looked at')),
                ('storm_company', models.PositiveIntegerField(default=20, help_text='More in that time are listed in one ticket, until staff decide. 0: no limit.', verbose_name='most new tickets of a company')),
                ('storm_all', models.PositiveIntegerField(default=100, help_text='The same over all companies. 0: no limit.', verbose_name='most new tickets in all')),
            ],
            options={
                'verbose_name': 'noise settings',
                'verbose_name_plural': 'noise settings',
            },
        ),
        migrations.CreateModel(
            name='Preflight',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('profile', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='preflight', to='ticketing.integrationprofile')),
                ('state', models.CharField(choices=[('passed', 'Nothing found'), ('warned', 'With warnings'), ('failed', 'Tickets would fail')], max_length=8)),
                ('findings', models.JSONField(default=list)),
                ('checked_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Simulation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('days', models.PositiveSmallIntegerField(default=7, help_text='As many days before them are replayed as well, uncounted.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)])),
                ('event_set', models.ForeignKey(blank=True, help_text='With a profile: as if this pair were the first rule. Empty: as everything is set up now.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='ticketing.eventset')),
                ('profile', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='ticketing.integrationprofile')),
                ('company_mapping', models.ForeignKey(blank=True, help_text="The rule is for this company only. Empty: for all of the profile's HaloPSA credential.", null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='mappings.companymapping')),
                ('event_set_changes', models.JSONField(blank=True, default=dict, help_text='Columns of the event set that are different in the draft.')),
                ('profile_changes', models.JSONField(blank=True, default=dict, help_text='Columns of the profile that are different in the draft.')),
                ('run', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.run')),
                ('result', models.JSONField(blank=True, default=dict, editable=False)),
                ('created_at', models.DateTimeField(default=ticketing.clock.now, editable=False)),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instance', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.instance')),
                ('halo_credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tickets', to='integrations.halocredential')),
                ('group_key', models.CharField(max_length=64)),
                ('current', models.BooleanField(default=True)),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('open', 'Open'), ('closing', 'Being closed'), ('reopening', 'Being reopened'), ('closed', 'Closed'), ('refused', 'Refused by HaloPSA'), ('staff', 'Waiting for staff'), ('cancelled', 'Cancelled'), ('superseded', 'Superseded')], default='planned', max_length=12)),
                ('marker', models.CharField(max_length=24, unique=True, verbose_name='bridge reference')),
                ('halo_id', models.IntegerField(blank=True, db_index=True, null=True, verbose_name='HaloPSA ticket')),
                ('summary', models.CharField(max_length=255)),
                ('profile', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='ticketing.integrationprofile')),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.company')),
                ('computer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.computer')),
                ('previous', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='ticketing.ticket')),
                ('grouped', models.BooleanField(default=False, editable=False, help_text='Several alerts may share it; its text lists them.')),
                ('is_test', models.BooleanField(default=False, editable=False, help_text='Sent by staff to try a profile.', verbose_name='test ticket')),
                ('noted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('notes', models.PositiveIntegerField(default=0)),
                ('reason', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(default=ticketing.clock.now)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('left_open', models.BooleanField(default=False, help_text='Its alerts are over, and it was left to staff: by its closing policy, or because somebody has worked on it.')),
                ('closed_by_person', models.BooleanField(default=False, verbose_name='closed by a person')),
                ('wont_fix', models.BooleanField(default=False, verbose_name="won't fix")),
                ('halo_status', models.IntegerField(blank=True, editable=False, help_text='As last seen there.', null=True, verbose_name='status in HaloPSA')),
                ('halo_client', models.IntegerField(blank=True, editable=False, null=True)),
                ('seen_at', models.DateTimeField(blank=True, editable=False, help_text='When a change in HaloPSA was last seen.', null=True, verbose_name='change seen')),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('current', True)), fields=('halo_credential', 'group_key'), name='one_current_ticket_per_group')],
            },
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identity', models.CharField(editable=False, max_length=64, unique=True)),
                ('halo_credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='integrations.halocredential')),
                ('console', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='integrations.console')),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='alerts', to='integrations.company')),
                ('computer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='alerts', to='integrations.computer')),
                ('series_key', models.CharField(max_length=300)),
                ('event_type', models.CharField(max_length=80)),
                ('severity', models.CharField(choices=[('critical', 'Critical'), ('high', 'High'), ('medium', 'Medium'), ('low', 'Low'), ('info', 'Information')], default='medium', max_length=10)),
                ('title', models.CharField(max_length=500)),
                ('product', models.CharField(blank=True, help_text='What is to be remediated, where the console names it.', max_length=200)),
                ('state', models.CharField(choices=[('open', 'Open'), ('resolved', 'Resolved')], db_index=True, max_length=10)),
                ('occurrence', models.PositiveIntegerField(default=1, help_text='How often it has come (back).')),
                ('event_count', models.PositiveIntegerField(default=0)),
                ('opened_at', models.DateTimeField()),
                ('newest_at', models.DateTimeField(help_text='Newest time of its events; its state follows that one.')),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('ended_before_at', models.DateTimeField(blank=True, editable=False, help_text='When the occurrence before this one ended.', null=True)),
                ('last_event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.event')),
                ('decision', models.CharField(choices=[('undecided', 'Undecided'), ('wanted', 'Wants a ticket'), ('waiting', 'Waiting'), ('held', 'Held back for a while'), ('not_wanted', 'Not wanted'), ('baseline', 'Baseline (open before tickets were switched on)')], default='undecided', max_length=12)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('baseline', models.BooleanField(default=False)),
                ('profile', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='ticketing.integrationprofile')),
                ('ticket', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='alerts', to='ticketing.ticket')),
                ('pending', models.BooleanField(db_index=True, default=True, help_text='Something happened that delivery has not looked at.')),
                ('look_again_at', models.DateTimeField(blank=True, db_index=True, editable=False, help_text='When delivery has to look at it again.', null=True)),
                ('quiet_occurrence', models.PositiveIntegerField(blank=True, editable=False, help_text='The occurrence that staff want no ticket of.', null=True)),
                ('noted_at', models.DateTimeField(blank=True, editable=False, help_text='When its ticket last told of it.', null=True)),
                ('unnoted', models.PositiveIntegerField(default=0, editable=False, help_text='Repeats since then, for the next note.')),
            ],
            options={
                'ordering': ['-newest_at'],
            },
        ),
        migrations.CreateModel(
            name='Snooze',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('alert', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='snoozes', to='ticketing.alert')),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.company')),
                ('computer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.computer')),
                ('event_type', models.CharField(blank=True, max_length=80)),
                ('until', models.DateTimeField(blank=True, help_text='Empty: excluded until somebody lifts it.', null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(default=ticketing.clock.now, editable=False)),
            ],
            options={
                'verbose_name': 'snooze or exclusion',
                'verbose_name_plural': 'snoozes and exclusions',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Storm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('halo_credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='storms', to='integrations.halocredential')),
                ('company', models.ForeignKey(blank=True, help_text='Empty: all.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.company')),
                ('ticket', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='storm', to='ticketing.ticket')),
                ('state', models.CharField(choices=[('going_on', 'Going on'), ('over', 'Over'), ('released', 'Released: each alert got its ticket'), ('dissolved', 'Dissolved: its alerts get none')], default='going_on', max_length=10)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('began_at', models.DateTimeField(default=ticketing.clock.now)),
                ('newest_at', models.DateTimeField(default=ticketing.clock.now, help_text='When the last alert joined it.')),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('company__isnull', False), ('state', 'going_on')), fields=('halo_credential', 'company'), name='one_storm_of_a_company'), models.UniqueConstraint(condition=models.Q(('company__isnull', True), ('state', 'going_on')), fields=('halo_credential',), name='one_storm_in_all')],
            },
        ),
        migrations.CreateModel(
            name='TicketRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company_mapping', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ticket_rules', to='mappings.companymapping')),
                ('event_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ticket_rules', to='ticketing.eventset')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ticket_rules', to='ticketing.integrationprofile')),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['position', 'id'],
                'constraints': [models.UniqueConstraint(fields=('company_mapping', 'event_set'), name='one_rule_per_mapping_and_event_set')],
            },
        ),
        migrations.CreateModel(
            name='TicketWatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('halo_credential', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='integrations.halocredential')),
                ('position', models.DateTimeField(blank=True, null=True)),
                ('looked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AlertEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('alert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='ticketing.alert')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='integrations.event')),
                ('occurrence', models.PositiveIntegerField()),
                ('handled', models.BooleanField(default=False, help_text='Its note, ticket or closing has been planned.')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('alert', 'event'), name='an_event_tells_once')],
            },
        ),
    ]
