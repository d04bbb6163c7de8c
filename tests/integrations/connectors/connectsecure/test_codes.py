"""Names and numbers of ConnectSecure's events, and what they are in the catalogue."""

from __future__ import annotations

import pytest

from integrations.catalogue import EVENT_TYPES
from integrations.connectors.connectsecure.parse import codes


@pytest.mark.parametrize(
    ("name", "category", "key"),
    [
        ("Probe Went Down", "System Changes", "agent.probe_down"),
        ("Server Agent Went Down", "System Changes", "agent.server_down"),
        ("Agent back online", "System Changes", "agent.online"),
        ("New Company Created", "System Changes", "company.created"),
        ("New Asset Added", "System Changes", "asset.discovered"),
        ("New Open Port Discovered (Probe Scan)", "System Changes", "port.opened_probe"),
        ("new open port discovered (external scan)", "System Changes", "port.opened_external"),
        ("Port 22 closed", "Ports", "port.closed"),
        ("AD Sync Job Failed", "Job Failed", "agent.job_failed"),
        ("Nightly", "Job Failed", "agent.job_failed"),
        ("Certificate Expire in 30 Days", "Certificate Expire in 30 Days", "vuln.certificate_expiring"),
        ("SSL certificate expires", "", "vuln.certificate_expiring"),
        ("Tenant Sync Failed", "Entra ID Error", "azure.error"),
        ("Client secret expires soon", "Entra ID Error", "azure.credential_expiring"),
        ("Agent painted blue", "System Changes", "agent.other"),
        ("Asset painted blue", "System Changes", "asset.other"),
        ("Company painted blue", None, "company.other"),
        ("Something", "Problems", "vuln.other"),
        ("Report ready", "System Changes", "system.other"),
        ("Moon phase changed", "Lunar", "other.event"),
        (None, None, "other.event"),
    ],
)
def test_a_system_event_is_known_by_its_name_else_by_its_category(
    name: str | None, category: str | None, key: str
) -> None:
    assert codes.event_type(name, category) == key
    assert key in EVENT_TYPES


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("Remediation by Asset", "Solutions"),
        ("Remediation By Asset And Product", None),
        ("CISA Vulnerabilities Found", "Problems"),
        ("Critical Severity Vulnerabilities Found", "Problems"),
        ("A user account was locked out", "AD Audit"),
        ("Add user", "Entra ID Audit"),
    ],
)
def test_what_another_list_tells_is_no_system_event(name: str, category: str | None) -> None:
    assert codes.event_type(name, category) is None


@pytest.mark.parametrize(
    ("number", "object_class", "key"),
    [
        (4720, None, "ad.user_created"),
        (4740, None, "ad.user_locked"),
        (4731, None, "ad.group_created"),
        (4756, None, "ad.group_member_added"),
        (5137, "organizationalUnit", "ad.ou_created"),
        (5137, None, "ad.ou_created"),
        (5137, "groupPolicyContainer", "ad.other"),
        (5136, "groupPolicyContainer", "ad.object_modified"),
        (1102, None, "ad.audit_log_cleared"),
        (4799, None, "ad.other"),
        (None, None, "ad.other"),
    ],
)
def test_an_audit_entry_is_known_by_its_windows_number(
    number: int | None, object_class: str | None, key: str
) -> None:
    assert codes.windows_type(number, object_class) == key


def test_every_windows_number_has_a_key_of_the_catalogue() -> None:
    keys = {codes.windows_type(number, None) for number in range(1000, 6000)}

    assert keys <= EVENT_TYPES.keys()
    assert keys >= {key for key in EVENT_TYPES if key.startswith("ad.")}


@pytest.mark.parametrize(
    ("activity", "key"),
    [
        ("Add user", "entra.user_added"),
        ("Delete user", "entra.user_deleted"),
        ("Update user", "entra.user_updated"),
        ("Reset password (by admin)", "entra.password_reset"),
        ("Add member to role", "entra.role_assigned"),
        ("Remove member from role", "entra.other"),
        ("Add member to group", "entra.group_member_added"),
        ("Add application", "entra.application_added"),
        ("Update conditional access policy", "entra.policy_changed"),
        ("Something", "entra.other"),
        (None, "entra.other"),
    ],
)
def test_an_entra_activity_is_known_by_its_words(activity: str | None, key: str) -> None:
    assert codes.entra_type(activity) == key


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("open", "open"),
        ("new", "open"),
        (None, "open"),
        ("true", "open"),
        ("Closed", "resolved"),
        ("false", "resolved"),
    ],
)
def test_a_status_that_does_not_sound_ended_is_open(word: str | None, state: str) -> None:
    assert codes.state(word, "agent.probe_down") == state


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("CRITICAL", "critical"),
        ("CISA KEV", "critical"),
        ("Moderate", "medium"),
        ("Information", "info"),
        ("odd", None),
    ],
)
def test_severities_are_known_in_each_spelling(word: str, severity: str | None) -> None:
    assert codes.severity(word) == severity
