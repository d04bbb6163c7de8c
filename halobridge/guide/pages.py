"""Which pages the guide has, and which of them explains a page of the admin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Page:
    """One page; its text is the template `guide/<slug>.html`.

    `explains` names what it is about: `app_model` as the admin's view names begin, or a whole view name.
    """

    slug: str
    title: str
    lead: str
    icon: str
    explains: tuple[str, ...] = ()


PAGES: Final = (
    Page(
        "start",
        "First steps",
        "What the bridge does, the seven steps from nothing to the first ticket, and its words.",
        "flag",
        ("index",),
    ),
    Page(
        "halopsa",
        "Connecting HaloPSA",
        "An application with few rights, step by step; what each is for; observe and write; the API limit.",
        "key",
        ("integrations_halocredential", "integrations_instance"),
    ),
    Page(
        "consoles",
        "Connecting consoles",
        "Keys, tests and syncs; webhooks, mailboxes, spreadsheets and programs; what a bad read does.",
        "monitoring",
        (
            "integrations_console",
            "integrations_mailrule",
            "integrations_mail",
            "integrations_upload",
            "integrations_rawdelivery",
            "integrations_company",
            "integrations_location",
            "integrations_heldloss",
        ),
    ),
    Page(
        "mapping",
        "Companies and computers",
        "Which company is which client, which computer is which asset, and who decided it.",
        "domain",
        (
            "mappings_companymapping",
            "mappings_newcomer",
            "mappings_companychange",
            "mappings_computerreview",
            "mappings_ignorerule",
            "mappings_ignoredcomputer",
            "mappings_suggestionfields",
            "mappings_computermapping",
            "mappings_locationmapping",
            "mappings_mappingsheet",
            "integrations_computer",
        ),
    ),
    Page(
        "assets",
        "Exporting and updating assets",
        "Previews, field mappings, scheduled updates, undo, gaps and counts.",
        "devices",
        (
            "integrations_product",
            "mappings_productmapping",
            "mappings_fieldmapping",
            "mappings_synclimits",
            "mappings_assetrules",
            "mappings_gap",
            "mappings_monthcount",
            "integrations_plan",
        ),
    ),
    Page(
        "tickets",
        "From events to tickets",
        "Event sets, profiles and rules; how a ticket begins, lives and ends.",
        "confirmation_number",
        (
            "ticketing_eventset",
            "ticketing_integrationprofile",
            "ticketing_ticketrule",
            "ticketing_simulation",
            "ticketing_ticket",
            "integrations_event",
        ),
    ),
    Page(
        "quiet",
        "Keeping it quiet",
        "In which order an alert is judged: exclusions, maintenance, waiting, grouping, storms.",
        "volume_off",
        (
            "ticketing_alert",
            "ticketing_maintenancewindow",
            "ticketing_snooze",
            "ticketing_storm",
            "ticketing_noisesettings",
        ),
    ),
    Page(
        "effects",
        "Effects in HaloPSA",
        "Mail, SLA, reports, billing, rules and templates: what the bridge does there, and what never.",
        "policy",
    ),
    Page(
        "data",
        "Halo data",
        "What is read from HaloPSA, how fresh it is, and what it costs.",
        "database",
        (
            "integrations_haloclient",
            "integrations_halosite",
            "integrations_halouser",
            "integrations_haloasset",
            "integrations_halolicence",
            "integrations_halosoftware",
            "integrations_halochange",
            "integrations_halofield",
            "integrations_halooption",
        ),
    ),
    Page(
        "activity",
        "Runs and what went wrong",
        "Where to look when something waits, fails or surprises.",
        "play_circle",
        (
            "integrations_run",
            "integrations_entry",
            "integrations_intention",
            "integrations_heartbeat",
            "integrations_auditentry",
            "integrations_alarm",
            "integrations_alarmchannel",
            "django_q_",
        ),
    ),
    Page(
        "programs",
        "Programs and staff accounts",
        "The REST API, tokens, and who may do what.",
        "api",
        ("integrations_apitoken", "auth_", "axes_"),
    ),
)
BY_SLUG: Final = {page.slug: page for page in PAGES}


def page_of_view(view_name: str) -> Page:
    """The page that explains a view of the admin (`integrations_run_changelist`); else the first one.

    Where several fit, the longest name decides: `integrations_mailrule` is no `integrations_mail`.
    """
    fits = [(len(name), page) for page in PAGES for name in page.explains if view_name.startswith(name)]
    return max(fits, key=lambda fit: fit[0])[1] if fits else PAGES[0]
