"""The whole country on one machine: every screen asks as it does, every check is charted as it falls due."""
