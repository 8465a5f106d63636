"""sqlmap and wapiti against a throw-away demo on this machine: ``make attack``. Needs both tools; bounded in time."""
