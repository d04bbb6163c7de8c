"""Ten places of ticket creation at which a worker is killed, in their order."""

POINTS = (
    "before events become alerts",
    "after events became alerts",
    "before the ticket is planned",
    "after the ticket is planned",
    "before sending is stored",
    "after sending is stored",
    "after HaloPSA has made the ticket",
    "inside the transaction of the answer",
    "after the answer is stored",
    "before the step ends",
)
