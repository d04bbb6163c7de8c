"""What stops a backup or a restore, in a sentence for staff."""


class BackupProblem(Exception):
    """Nothing was changed; the text says why and what to do."""
