"""What programs send and spreadsheets hold: one set of rules for both, and the records that come of it."""
