"""Look of the admin: name, colours, and a navigation that follows the work, not the apps.

Settings import this module, so that it may not import models: addresses and permissions are looked up when a
page is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy


def may_view(app: str, model: str) -> Callable[[HttpRequest], bool]:
    """Whoever may see a model's rows sees its place in the navigation."""

    def may(request: HttpRequest) -> bool:
        user = request.user
        return bool(user.has_perm(f"{app}.view_{model}") or user.has_perm(f"{app}.change_{model}"))

    return may


OWN_PAGES = ("/stop-writing/", "/charts/")
"""Pages below a list's address that have their own place in the navigation."""


def _list(title: str, icon: str, app: str, model: str) -> dict[str, Any]:
    """The list of a model. Its own pages light it up, those of a model with a longer name do not.

    `lists`: what waits in it is told beside it (`halobridge.badges`).
    """
    link = reverse_lazy(f"admin:{app}_{model}_changelist")
    return {
        "title": title,
        "icon": icon,
        "link": link,
        "permission": may_view(app, model),
        "lists": f"{app}.{model}",
        "active": lambda request: (
            request.path.startswith(str(link)) and not any(page in request.path for page in OWN_PAGES)
        ),
    }


def _page(title: str, icon: str, app: str, model: str, page: str) -> dict[str, Any]:
    """A further page of a model, with a place of its own; whoever may view the model may open it."""
    link = reverse_lazy(f"admin:{app}_{model}_{page}")
    return {"title": title, "icon": icon, "link": link, "permission": may_view(app, model)}


def _group(title: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "separator": True, "collapsible": False, "items": list(items)}


STOP_WRITING = {
    "title": "Stop all writing",
    "icon": "front_hand",
    "link": reverse_lazy("admin:integrations_instance_stop_writing"),
    "permission": may_view("integrations", "instance"),
}

NAVIGATION = [
    {
        "title": "",
        "items": [
            {"title": "Overview", "icon": "dashboard", "link": reverse_lazy("admin:index")},
            {"title": "Guide", "icon": "menu_book", "link": reverse_lazy("admin:guide")},
            STOP_WRITING,
        ],
    },
    _group(
        "Connections",
        _list("HaloPSA credentials", "key", "integrations", "halocredential"),
        _list("HaloPSA instances", "cloud", "integrations", "instance"),
        _list("Consoles", "monitoring", "integrations", "console"),
        _list("Mail rules", "mark_email_read", "integrations", "mailrule"),
        _list("Mails", "mail", "integrations", "mail"),
    ),
    _group(
        "Mapping",
        _list("Company mapping", "domain", "mappings", "companymapping"),
        _list("New companies and clients", "fiber_new", "mappings", "newcomer"),
        _list("History of company mappings", "history", "mappings", "companychange"),
        _list("Default asset types", "category", "mappings", "productmapping"),
        _list("Field mappings", "swap_horiz", "mappings", "fieldmapping"),
        _list("Limits of asset updates", "speed", "mappings", "synclimits"),
        _list("Asset rules", "rule_settings", "mappings", "assetrules"),
        _list("Computers", "computer", "integrations", "computer"),
        _list("Computers to review", "compare_arrows", "mappings", "computerreview"),
        _list("Ignore rules", "visibility_off", "mappings", "ignorerule"),
        _list("Ignored computers", "do_not_disturb_on", "mappings", "ignoredcomputer"),
        _list("Previews", "preview", "integrations", "plan"),
        _list("Imported sheets", "upload_file", "mappings", "mappingsheet"),
        _list("Gap report", "join_inner", "mappings", "gap"),
        _list("Counts", "calculate", "mappings", "monthcount"),
    ),
    _group(
        "Tickets",
        _list("Event sets", "checklist", "ticketing", "eventset"),
        _page("Seen, in no event set", "playlist_remove", "ticketing", "eventset", "unselected"),
        _list("Integration profiles", "tune", "ticketing", "integrationprofile"),
        _list("Ticket routing", "alt_route", "ticketing", "ticketrule"),
        _list("Simulations", "science", "ticketing", "simulation"),
        _list("Events", "notifications", "integrations", "event"),
        _list("Alerts", "warning", "ticketing", "alert"),
        _list("Tickets", "confirmation_number", "ticketing", "ticket"),
        _page("The loudest", "volume_up", "ticketing", "alert", "loudest"),
        _list("Maintenance windows", "construction", "ticketing", "maintenancewindow"),
        _list("Snoozes and exclusions", "snooze", "ticketing", "snooze"),
        _list("Storms", "thunderstorm", "ticketing", "storm"),
        _list("Noise settings", "instant_mix", "ticketing", "noisesettings"),
    ),
    _group(
        "Halo data",
        _list("Clients [customers]", "groups", "integrations", "haloclient"),
        _list("Sites", "location_on", "integrations", "halosite"),
        _list("Users (end users)", "person", "integrations", "halouser"),
        _list("Assets", "devices", "integrations", "haloasset"),
        _page("Asset charts", "bar_chart", "integrations", "haloasset", "charts"),
        _list("Software licences", "license", "integrations", "halolicence"),
        _list("Installed software", "apps", "integrations", "halosoftware"),
        _list("Asset types", "shapes", "integrations", "haloassettype"),
        _list("Fields", "text_fields", "integrations", "halofield"),
        _list("Options", "list", "integrations", "halooption"),
        _list("Changes in HaloPSA", "history", "integrations", "halochange"),
    ),
    _group(
        "Activity",
        _list("Runs", "play_circle", "integrations", "run"),
        _list("Results", "fact_check", "integrations", "entry"),
        _list("Uploads", "upload_file", "integrations", "upload"),
        _list("Losses to approve", "rule", "integrations", "heldloss"),
        _list("Intentions (writes)", "edit_note", "integrations", "intention"),
        _list("Raw deliveries", "move_to_inbox", "integrations", "rawdelivery"),
    ),
    _group(
        "System",
        _list("Staff accounts", "badge", "auth", "user"),
        _list("Groups", "group", "auth", "group"),
        _list("Failed log-ins", "lock_clock", "axes", "accessattempt"),
        _list("Audit log", "policy", "integrations", "auditentry"),
        _list("API tokens", "vpn_key", "integrations", "apitoken"),
        _list("Alarms", "notification_important", "integrations", "alarm"),
        _list("Alarm channels", "campaign", "integrations", "alarmchannel"),
        _list("Queue health", "monitor_heart", "integrations", "heartbeat"),
        _list("Schedules", "schedule", "django_q", "schedule"),
        _list("Failed tasks", "error", "django_q", "failure"),
    ),
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "HaloBridge",
    "SITE_HEADER": "HaloBridge",
    "SITE_SUBHEADER": "Consoles and HaloPSA in step",
    "SITE_SYMBOL": "sync_alt",
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "halobridge.dashboard.dashboard",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("integrations/icon.svg")}
    ],
    "STYLES": [lambda request: static("integrations/face.css")],
    "SCRIPTS": [
        lambda request: static("integrations/face.js"),
        lambda request: static("integrations/checking.js"),
        lambda request: static("integrations/answers.js"),
    ],
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": NAVIGATION,
    },
    "ACCOUNT": {
        "navigation": [
            {"title": "Stop all writing", "link": reverse_lazy("admin:integrations_instance_stop_writing")},
            {"title": "Change password", "link": reverse_lazy("admin:password_change")},
        ]
    },
    "COLORS": {
        # A teal whose 600 carries white text with a contrast of more than 5 to 1.
        "primary": {
            "50": "oklch(98.4% .014 180.72)",
            "100": "oklch(95.3% .051 180.801)",
            "200": "oklch(91% .096 180.426)",
            "300": "oklch(85.5% .138 181.071)",
            "400": "oklch(77.7% .152 181.912)",
            "500": "oklch(70.4% .14 182.503)",
            "600": "oklch(51.1% .096 186.391)",
            "700": "oklch(43.7% .078 188.216)",
            "800": "oklch(38.6% .063 188.416)",
            "900": "oklch(33% .05 190)",
            "950": "oklch(27.7% .046 192.524)",
        },
    },
}
