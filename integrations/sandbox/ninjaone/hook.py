"""The webhook of the API app: each activity that was asked for is posted once, without a signature."""

from __future__ import annotations

import json
import queue
import threading
from collections import deque
from collections.abc import Callable

from integrations.sandbox.ninjaone.world import NinjaOneWorld
from integrations.sandbox.posting import post
from integrations.sandbox.world import Row


class Hook:
    """`deliveries` holds the attempts: url, status (None: never arrived), body; `show` makes the body."""

    def __init__(self, ninja: NinjaOneWorld, show: Callable[[Row], Row]) -> None:
        self._ninja = ninja
        self._show = show
        self._queue: queue.Queue[tuple[Row, bytes] | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self.deliveries: deque[Row] = deque(maxlen=500)

    def tell(self, activity: Row) -> None:
        """Queue an activity; nothing where no webhook is set or this kind was not asked for."""
        wanted = self._ninja.webhook
        if not wanted or not _is_wanted(wanted.get("activities"), activity):
            return
        body = self._show(activity)
        device = self._ninja.devices.get(str(activity["deviceId"]))
        if device and "device" in wanted.get("expand", ()):
            names = ("id", "organizationId", "systemName", "displayName", "nodeClass")
            body = {**body, "device": {name: device[name] for name in names}}
        if self._thread is None:
            self._thread = threading.Thread(target=self._keep_sending, name="sandbox-ninjaone", daemon=True)
            self._thread.start()
        self._queue.put((wanted, json.dumps(body).encode()))

    def stop(self) -> None:
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(timeout=10)

    def _keep_sending(self) -> None:
        while (item := self._queue.get()) is not None:
            wanted, body = item
            headers = {row["name"]: row["value"] for row in wanted.get("headers", ())}
            status = post(str(wanted["url"]), body, {"Content-Type": "application/json", **headers})
            self.deliveries.append({"url": wanted["url"], "status": status, "body": body.decode()})


def _is_wanted(activities: Row | None, activity: Row) -> bool:
    """Left out: everything. A type without status codes: all of them."""
    if not activities:
        return True
    found = activities.get(activity["activityType"])
    return found is not None and (not found or activity["statusCode"] in found)
