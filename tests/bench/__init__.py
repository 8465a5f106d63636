"""How fast Vigil is, as ratios to a floor measured in the same run (``make bench``, docs/performance.md)."""
