"""The configuration as a file: for review in git, and for moving to another installation.

Everything travels by name, what lives in HaloPSA too; secrets, credentials and consoles themselves do not.
"""

from ticketing.configuration.exporting import export_config
from ticketing.configuration.importing import BadFile, Imported, import_config
from ticketing.configuration.verdicts import Verdict

__all__ = ["BadFile", "Imported", "Verdict", "export_config", "import_config"]
