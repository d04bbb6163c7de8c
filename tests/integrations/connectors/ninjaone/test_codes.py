"""The vendor's codes become keys of the catalogue; what nobody knows is kept."""

from __future__ import annotations

import pytest

from integrations.catalogue import EVENT_TYPES
from integrations.connectors.ninjaone.parse import codes


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ("AGENT_OFFLINE", "device.offline"),
        ("CONDITION_AGENT_DISK_FREE_SPACE", "device.disk_space"),
        ("CONDITION_AGENT_DISK_USAGE", "device.disk_space"),
        ("CONDITION_AGENT_CPU", "device.cpu"),
        ("CONDITION_NMS_MEMORY", "device.memory"),
        ("CONDITION_SMART_STATUS_DEGRATED", "device.disk_health"),
        ("CONDITION_RAID_HEALTH_STATUS", "device.disk_health"),
        ("CONDITION_AGENT_PATCH_LAST_INSTALLED", "device.patches"),
        ("CONDITION_WINDOWS_SERVICE_STATE_CHANGED", "device.service"),
        ("CONDITION_WINDOWS_EVENT_LOG_TRIGGERED", "device.event_log"),
        ("CONDITION_SCRIPT_RESULT", "device.script"),
        ("CONDITION_SOFTWARE", "device.software_change"),
        ("CONDITION_PENDING_REBOOT", "device.reboot_pending"),
        ("CONDITION_BITLOCKER_STATUS", "security.other"),
        ("CONDITION_PING_PACKET_LOSS", "device.network"),
        ("CONDITION_SNMPTRAP", "device.network"),
        ("BACKUP_JOB_FAILED", "backup.failed"),
        ("CLOUDBERRY_BACKUP", "backup.other"),
        ("CONDITION_CUSTOM_FIELD", "device.other"),
        ("CONDITION_OF_TOMORROW", "device.other"),
        ("disk free space", "device.disk_space"),
        (None, "device.other"),
    ],
)
def test_a_condition_is_known_by_its_words(source: str | None, key: str) -> None:
    assert codes.condition_type(source) == key
    assert key in EVENT_TYPES


def test_the_first_code_that_says_something_counts() -> None:
    assert codes.condition_type(None, "TRIGGERED", "cpu_usage") == "device.cpu"


@pytest.mark.parametrize(
    ("kind", "code", "result", "key"),
    [
        ("SCRIPTING", "COMPLETED", "FAILURE", "device.script"),
        ("ACTION", "BLOCKED", None, "device.script"),
        ("SCHEDULED_TASK", "COMPLETED", "UNCOMPLETED", "device.script"),
        ("SCRIPTING", "SOMETHING_ELSE", None, "device.other"),
        ("PATCH_MANAGEMENT", "PATCH_MANAGEMENT_INSTALL_FAILED", None, "device.patches"),
        ("PATCH_MANAGEMENT", "PATCH_MANAGEMENT_UNHEARD_OF", None, "device.patches"),
        ("ANTIVIRUS", "BITDEFENDER_THREAT_BLOCKED", None, "security.threat"),
        ("ANTIVIRUS", "RANSOMWARE_DETECTED", None, "security.ransomware"),
        ("ANTIVIRUS", "DEFINITIONS_OUTDATED", None, "device.antivirus"),
        ("SYSTEM", "CLIENT_DELETED", None, "company.deleted"),
        ("SYSTEM", "LOCATION_CREATED", None, "company.other"),
        ("SYSTEM", "NODE_CREATED", None, "asset.discovered"),
        ("SYSTEM", "NODE_CLONING_DETECTED", None, "asset.other"),
        ("SYSTEM", "POLICY_UPDATED", None, "system.console_changed"),
        ("SYSTEM", "MEMORY_REMOVED", None, "device.hardware_change"),
        ("SYSTEM", "SOFTWARE_ADDED", None, "device.software_change"),
        ("SYSTEM", "PORT_CLOSED", None, "port.closed"),
        ("SYSTEM", "BITLOCKER_DISABLED", None, "security.other"),
        ("SYSTEM", "SYSTEM_REBOOTED", None, "device.other"),
        ("CLOUDBERRY", "BACKUP_FAILED", None, "backup.failed"),
        ("SHADOWPROTECT", "WARNING", None, "backup.warning"),
        ("CLOUDBERRY_BACKUP", "COMPLETED", "FAILURE", "backup.failed"),
        ("CONDITION", "EVALUATION_FAILURE", None, "device.other"),
        ("PSA", "PSA_TICKET_CREATED", None, "system.other"),
        ("HELP_REQUEST", "SUBMITTED", None, "device.other"),
        ("QUANTUM", "ENTANGLED", None, "other.event"),
        (None, None, None, "other.event"),
    ],
)
def test_an_activity_that_tells_something_has_a_key(
    kind: str | None, code: str | None, result: str | None, key: str
) -> None:
    assert codes.activity_type(kind, code, result) == key
    assert key in EVENT_TYPES


@pytest.mark.parametrize(
    ("kind", "code", "result"),
    [
        ("SCRIPTING", "STARTED", None),
        ("SCRIPTING", "COMPLETED", "SUCCESS"),
        ("ACTIONSET", "CANCEL_REQUESTED", None),
        ("PATCH_MANAGEMENT", "PATCH_MANAGEMENT_SCAN_COMPLETED", "SUCCESS"),
        ("CLOUDBERRY", "BACKUP_COMPLETED", "SUCCESS"),
        ("ANTIVIRUS", "SCAN_STARTED", None),
        ("SYSTEM", "USER_LOGGED_IN", None),
        ("CONDITION", "ACKNOWLEDGED", None),
        ("CONDITION", "DISABLED", None),
        ("SPLASHTOP", "CONNECTION_FAILED", None),
        ("COMMENT", "CREATED", None),
    ],
)
def test_work_that_goes_on_and_what_people_do_is_no_event(kind: str, code: str, result: str | None) -> None:
    assert codes.activity_type(kind, code, result) is None
