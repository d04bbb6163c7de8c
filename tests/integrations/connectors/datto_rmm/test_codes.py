"""The classes of alerts become keys of the catalogue; what nobody knows is kept."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.catalogue import EVENT_TYPES
from integrations.connectors.datto_rmm.parse import codes


@pytest.mark.parametrize(
    ("name", "context", "key"),
    [
        ("online_offline_status_ctx", {"status": "OFFLINE"}, "device.offline"),
        ("online_offline_status_ctx", {}, "device.offline"),
        ("online_offline_status_ctx", {"status": "online"}, "agent.online"),
        ("perf_disk_usage_ctx", {}, "device.disk_space"),
        ("disk_usage_ctx", {}, "device.disk_space"),
        ("perf_resource_usage_ctx", {"type": "CPU"}, "device.cpu"),
        ("resource_usage_ctx", {"type": "Memory"}, "device.memory"),
        ("process_resource_usage_ctx", {"type": "MEMORY"}, "device.memory"),
        ("srvc_resource_usage_ctx", {"type": "CPU"}, "device.cpu"),
        ("perf_resource_usage_ctx", {"type": "NETWORK"}, "device.other"),
        ("perf_resource_usage_ctx", {}, "device.other"),
        ("eventlog_ctx", {}, "device.event_log"),
        ("antivirus_ctx", {}, "device.antivirus"),
        ("seccenter_ctx", {}, "device.antivirus"),
        ("patch_ctx", {}, "device.patches"),
        ("comp_script_ctx", {}, "device.script"),
        ("status_ctx", {}, "device.service"),
        ("process_status_ctx", {}, "device.service"),
        ("srvc_status_ctx", {}, "device.service"),
        ("action_ctx", {}, "device.software_change"),
        ("fs_object_ctx", {}, "device.other"),
        ("ping_ctx", {}, "device.network"),
        ("backup_management_ctx", {}, "backup.failed"),
        ("ransomware_ctx", {}, "security.ransomware"),
        ("security_management_ctx", {"status": "INACTIVE"}, "security.other"),
        ("security_management_ctx", {"virusName": "EICAR"}, "security.threat"),
        ("security_management_ctx", {"infectedFiles": ["C:\\x"]}, "security.threat"),
        ("security_management_ctx", {"virusName": "", "infectedFiles": []}, "security.other"),
        ("endpoint_security_threat_ctx", {}, "security.threat"),
        ("endpoint_security_windows_defender_ctx", {}, "security.other"),
        ("temperature_ctx", {}, "device.temperature"),
        ("fan_ctx", {}, "device.other"),
        ("psu_ctx", {}, "device.other"),
        ("disk_health_ctx", {}, "device.disk_health"),
        ("snmp_probe_ctx", {}, "device.network"),
        ("custom_snmp_ctx", {}, "device.network"),
        ("printer_ctx", {}, "device.network"),
        ("network_monitor_ctx", {}, "device.network"),
        ("windows_performance_ctx", {}, "device.other"),
        ("wmi_ctx", {}, "device.other"),
        ("PERF_DISK_USAGE_CTX", {}, "device.disk_space"),
        ("quantum_ctx", {}, "device.other"),
        (None, {}, "device.other"),
    ],
)
def test_a_class_has_a_key(name: str | None, context: dict[str, Any], key: str) -> None:
    assert codes.event_type(name, context) == key
    assert key in EVENT_TYPES
