"""Saving connections: normalise, find the instance, forget what was tested, ask for a test. No network."""

from integrations.connections.consoles import check_console_credentials, save_console, take_as_same_account
from integrations.connections.credentials import fill_in, normalise_servers, save_halo_credential
from integrations.connections.kept_secrets import problem_of_halo, problems_of_console
from integrations.connections.marker_field import propose_marker_field
from integrations.connections.moves import check_move, give_up_move
from integrations.connections.unreadable import mark_unreadable

__all__ = [
    "check_console_credentials",
    "check_move",
    "fill_in",
    "give_up_move",
    "mark_unreadable",
    "normalise_servers",
    "problem_of_halo",
    "problems_of_console",
    "propose_marker_field",
    "save_console",
    "save_halo_credential",
    "take_as_same_account",
]
