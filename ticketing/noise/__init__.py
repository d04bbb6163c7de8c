"""What keeps alerts from becoming tickets: windows, snoozes, mutes, waits, grouping, storms; in one order."""
