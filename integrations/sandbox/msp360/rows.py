"""Computers and plans as the console shows them: names and numbers mixed, times with and without zone."""

from __future__ import annotations

from integrations.sandbox.moments import in_seconds, without_zone
from integrations.sandbox.world import ConsoleWorld, Row

STATUSES = [
    "Success",
    "Overdue",
    "Error",
    "Running",
    "Unknown",
    "Interrupted",
    "UnexpectedlyClosed",
    "Warning",
]
_KINDS = {3: "BackupFiles", 7: "SQLBackup"}
_COUNTED = {
    0: "Success",
    1: "Overdue",
    2: "Failed",
    3: "Running",
    5: "Interrupted",
    6: "Failed",
    7: "Warning",
}


def computer(world: ConsoleWorld, row: Row) -> Row:
    """MSP360 API: the hid may be in braces; `LastActivity` has no zone; no serial, model, IP or MAC here."""
    shown = {name: value for name, value in row.items() if not name.startswith("_")}
    hid = row["ComputerHID"]
    shown.update(
        ComputerHID=f"{{{hid.upper()}}}" if row["_braces"] else hid,
        BuildTypeString=1,
        RemoteManagementAvailable=row["_rmm"],
        ProfileName=row["CompanyName"],
        BackupBuildVersion=_version(row["_build"]) if row["HasBackupApp"] else None,
        License={
            "Granted": row["HasBackupApp"],
            "IsTrial": False,
            "DisplayExpiresDate": "2027-02-01T00:00:00",
        },
        BackupStats=_statistics(world, hid),
        LastActivity=without_zone(row["LastActivity"], digits=0),
        InstanceType=0,
        LostAuth=False,
        LostAuthChangeDate=None,
        Apps=_apps(row),
    )
    return shown


def plan(world: ConsoleWorld, row: Row) -> Row:
    """MSP360 API: status and kind come as number or name; old rows have no plan id."""
    owner = world.computers[row["_hid"]]
    status, kind = row["_status"], row["_kind"]
    failed = status in (2, 6)
    shown: Row = {
        "PlanName": row["PlanName"],
        "PlanType": _KINDS[kind] if row["_kind_as_name"] else kind,
        "CompanyName": owner["CompanyName"],
        "UserName": owner["UserEmail"],
        "UserID": owner["UserID"],
        "ComputerName": owner["ComputerName"],
        "BuildVersion": owner["_build"],
        "StorageType": row["StorageType"],
        "LastStart": _time(row, "LastStart"),
        "NextStart": _time(row, "NextStart"),
        "Status": STATUSES[status] if row["_status_as_name"] else status,
        "ErrorMessage": row["ErrorMessage"],
        "FilesScanned": row["FilesScanned"],
        "FilesToBackup": 311,
        "FilesCopied": 0 if failed else 311,
        "FilesFailed": 311 if failed else 0,
        "DataToBackup": 734003200,
        "DataCopied": 0 if failed else 734003200,
        "TotalData": row["TotalData"],
        "Duration": "15 second(s)",
        "DetailedReportLink": f"https://console.example/report/{row['PlanId'][:8]}",
    }
    return {**shown, "PlanId": row["PlanId"]} if row["_has_id"] else shown


def _time(row: Row, name: str) -> str:
    return in_seconds(row[name]) if row["_zoned"] else without_zone(row[name], digits=0)


def _version(text: str) -> Row:
    names = ("_Major", "_Minor", "_Build", "_Revision")
    return dict(zip(names, map(int, text.split(".")), strict=True))


def _statistics(world: ConsoleWorld, hid: str) -> Row:
    counts = dict.fromkeys(("Success", "Failed", "Warning", "Overdue", "NotRun", "Running", "Interrupted"), 0)
    plans = world.plans_of(hid)
    for entry in plans:
        counts[_COUNTED.get(entry["_status"], "NotRun")] += 1
    return {"PlansCount": len(plans), **{f"Total{name}Count": count for name, count in counts.items()}}


def _apps(row: Row) -> list[Row]:
    """A computer without backup and RMM agent still has the remote assistant."""
    names = [("backup", row["HasBackupApp"]), ("rmm", row["_rmm"]), ("ra", True)]
    return [
        {
            "ApplicationId": name,
            "Version": row["_build"],
            "VersionStatus": "Latest" if row["_build"] == "8.3.1.140" else "Outdated",
            "BuildTypeLong": None,
            "ApplicationState": 0,
            "Online": row["_online"],
            "ErrorCode": 0,
            "ErrorMessage": None,
        }
        for name, installed in names
        if installed
    ]
