# make demo        Vigil with sample data on http://127.0.0.1:8000 (PORT=8001 for another port, RESET=1 to start over)
# make demo-check  one whole session, in a throw-away database
# make verify-audit  is the demo's record (it must be running), or that of DATABASE_URL, as it was written?
# make drill       that database dumped, restored elsewhere, verified and compared, with the time of each step
# make simulate-check PATIENTS=1000 SEED=4711  made-up patients in a throw-away database, beside what was published
# make test        lint, types, migrations, deployment check and every test but the slow ones, the browser's too
# make test-matrix  every address as every role, alone (make test runs it too)
# make test-paperwork  the forms and the cabinet: everything of theirs, the browser's too
# make test-browser  the browser's alone; make test-slow: the long ways round that make test leaves out
# make bench       how fast is it, as ratios to a floor measured in the same run? one table, and build/bench.json
# make bench VOLUME=tenth  or full, or so many patients: is each page as fast with that much behind it? (200 of itself)
# make attack      sqlmap and wapiti against a throw-away demo on this machine (needs both tools; some 16 minutes)
# make audit       secrets in files, known vulnerabilities in what is installed; says so where nobody could be asked
# make mutants     do the rules' tests notice a rule that is wrong? MUTANTS="sessions_app.rules.discharge." for one
# Needed: git, make, Python 3.11 or later with its venv module. Everything else is installed into .venv.

SHELL := /bin/sh
.DEFAULT_GOAL := demo
.PHONY: demo demo-check simulate-check verify-audit drill audit test test-matrix test-paperwork test-browser test-slow \
	bench load mutants attack lint chromium
PYTHON := .venv/bin/python

# exec: make then has no shell between itself and the program, which so gets make's SIGTERM.
demo: .venv/installed
	@exec $(PYTHON) manage.py demo $(if $(filter-out 0 no,$(RESET)),--reset)

demo-check: .venv/installed
	@exec $(PYTHON) manage.py demo --check

simulate-check: .venv/installed
	@exec $(PYTHON) manage.py simulate --check --patients $(or $(PATIENTS),1000) --seed $(or $(SEED),4711)

test: lint chromium
	$(PYTHON) -m pytest -n 2 --dist worksteal -m "not slow"

test-matrix: .venv/installed-dev
	$(PYTHON) -m pytest -n 2 --dist worksteal -m matrix

test-paperwork: .venv/installed-dev chromium
	$(PYTHON) -m pytest -n 2 --dist worksteal -m paperwork

# A file at a time: what a file made once, a house or a registry, is made once.
test-slow: .venv/installed-dev chromium
	$(PYTHON) -m pytest -n 2 --dist loadfile -m slow
	VIGIL_EXAMPLES=200 $(PYTHON) -m pytest -n 2 --dist worksteal -m "not slow" tests/sessions_app/rules

test-browser: .venv/installed-dev chromium
	$(PYTHON) -m pytest -m browser

bench: .venv/installed-dev
	@$(PYTHON) -u -m tests.bench $(VOLUME)

# SESSIONS=1200 is the country at its busiest; SECONDS for each of PACES; SETUPS="2x4 3x2" are workers and threads to try.
load: .venv/installed-dev
	@$(PYTHON) -m tests.load

attack: .venv/installed
	@$(PYTHON) -m tests.attack

# In a copy, and with an environment of its own beside this one: mutmut brings a dozen packages that nothing else needs.
# It makes the mutants; tests/mutants.py tries them. Not against what walks through whole small worlds, minutes for each:
# what a rule says is for its own examples to hold.
MUTANTS_AT := .vigil/mutants
RULES_TESTS := -p no:cacheprovider -p no:xdist -W ignore --rootdir=. tests/clinic/rules tests/sessions_app/rules \
	--ignore=tests/clinic/rules/test_purity.py --ignore-glob='*/test_no_trap*.py'
mutants: .venv/installed-dev
	@set -e; rm -rf $(MUTANTS_AT)/tree; mkdir -p $(MUTANTS_AT)/tree; \
	cp -r clinic sessions_app tests templates docs manage.py pyproject.toml $(MUTANTS_AT)/tree; \
	if [ ! -x $(MUTANTS_AT)/venv/bin/mutmut ]; then \
	  $(PYTHON) -m venv $(MUTANTS_AT)/venv; $(MUTANTS_AT)/venv/bin/python -m pip install --quiet mutmut==3.8.1; \
	fi; \
	$(PYTHON) -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > "$$($(MUTANTS_AT)/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/house.pth"; \
	cd $(MUTANTS_AT)/tree; export VIGIL_EXAMPLES=5; ../venv/bin/python -m tests.mutants; \
	../venv/bin/python -m pytest -q -s --assert=plain -p tests.mutants $(RULES_TESTS)

verify-audit: .venv/installed
	@DEBUG=1 $(PYTHON) manage.py verify_audit

drill: .venv/installed
	@DEBUG=1 $(PYTHON) manage.py drill

audit: .venv/installed-audit
	@.venv/audit/bin/python .ci/audit.py

lint: .venv/installed-dev
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	DEBUG=1 $(PYTHON) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	SECRET_KEY=only-to-see-whether-a-proper-deployment-passes-its-check-0123456789 ALLOWED_HOSTS=vigil.example.org \
	DATABASE_URL=postgres://vigil_app@db.example.org/vigil $(PYTHON) manage.py check --deploy --fail-level WARNING

# Shell and not make finds Python: every way it can be missing is said in one sentence.
.venv/installed: requirements.txt
	@set -e; \
	if ! $(PYTHON) -c 'import pip' 2>/dev/null; then \
	  found=; \
	  for candidate in python3 python3.13 python3.12 python3.11 python3.14; do \
	    if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$candidate; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then echo 'Python 3.11 or later is needed and was not found.' >&2; exit 1; fi; \
	  if ! $$found -c 'import venv, ensurepip' 2>/dev/null; then \
	    echo "Python's venv module is missing; on Debian or Ubuntu install it with: apt-get install python3-venv" >&2; exit 1; \
	  fi; \
	  echo 'Making .venv ...'; \
	  $$found -m venv --clear .venv || { echo 'The folder .venv could not be made; the reason stands above.' >&2; exit 1; }; \
	fi; \
	echo 'Installing what requirements.txt names ...'; \
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements.txt || { \
	  echo 'The requirements could not be installed (no network, no room, or no wheel for this platform); the reason stands above.' >&2; exit 1; }; \
	touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	@echo 'Installing what requirements-dev.txt names ...'; \
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt || { \
	  echo 'The requirements of the tests could not be installed; the reason stands above.' >&2; exit 1; }; \
	touch $@

.venv/installed-audit: .venv/installed requirements-audit.txt
	@$(PYTHON) -m venv .venv/audit && .venv/audit/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-audit.txt
	@touch $@

chromium:
	@command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo 'Installing Chromium for the browser tests ...'; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-liberation >/dev/null; \
	else echo 'The browser tests need Chromium; install the package chromium first (as root: apt-get install chromium).' >&2; exit 1; fi
