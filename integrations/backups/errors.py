"""What stops a backup or a restore, in a sentence for staff."""


class BackupProblem(Exception):
    """The text says why, what to do, and how the database is now where that may have changed."""
