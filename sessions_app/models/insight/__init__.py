"""What the clinic learns from its own sessions: counted by the database, one statement for each block."""
