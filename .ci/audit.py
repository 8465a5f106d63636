"""What `make audit` does: looks for secrets in every file of the repository, and asks whether a known vulnerability is
in what is installed. "None is known" and "nobody could be asked" are two answers, and it says which.

Runs with the tools of requirements-audit.txt, in an environment of their own. Where the network reaches the service,
AUDIT_MUST_ANSWER=1 makes an unanswered question a failure."""

import json
import os
import subprocess
import sys
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).resolve().parent.parent
KNOWN = ROOT / ".ci" / "secrets.json"  # looked at, and no secret: made-up ones of tests and examples
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
PATIENCE = 120
# Others' files as they came, pictures, and drawings.
NOT_READ = (".png", ".svg", ".css", ".po", ".mo")
PLUGINS = ("AWSKeyDetector", "BasicAuthDetector", "GitHubTokenDetector", "HexHighEntropyString")
PLUGINS += ("Base64HighEntropyString", "JwtTokenDetector", "PrivateKeyDetector")
BY_THEIR_NAME = "KeywordDetector"  # password = "...": not asked of tests, which are full of made-up ones


def files() -> list[str]:
    said = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    skip = ("/vendor/", "/migrations/")
    names = [name for name in said.stdout.splitlines() if not name.endswith(NOT_READ)]
    return [name for name in names if not any(part in name for part in skip) and ROOT / name != KNOWN]


def secrets(*, keep: bool) -> int:
    found, named = SecretsCollection(), files()
    for plugins, of_tests in ((PLUGINS, True), ((*PLUGINS, BY_THEIR_NAME), False)):
        with transient_settings({"plugins_used": [{"name": name} for name in plugins]}):
            found.scan_files(*(name for name in named if name.startswith("tests/") is of_tests))
    seen = sorted({(name, each.type, each.secret_hash) for name, each in found})
    if keep:
        KNOWN.write_text(json.dumps(seen, indent=1) + "\n")
        return 0
    known = {tuple(each) for each in json.loads(KNOWN.read_text())}
    new = [(name, each) for name, each in found if (name, each.type, each.secret_hash) not in known]
    for name, each in new:
        print(f"{name}:{each.line_number}: {each.type}")
    if new:
        print("Take it out. If it is none: python .ci/audit.py --keep, and say in the commit why.")
    else:
        print(f"Secrets: none in {len(named)} files ({len(known)} made-up ones are known).")
    return len(new)


def vulnerabilities() -> int:
    named = [part for name in REQUIREMENTS for part in ("-r", name)]
    command = [sys.executable, "-m", "pip_audit", *named, "--no-deps", "--disable-pip", "--format", "json"]
    try:
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
        asked = json.loads(said.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        asked = []
    answered = [each for each in asked if "vulns" in each]
    bad = [(each, vuln) for each in answered for vuln in each["vulns"]]
    for each, vuln in bad:
        print(
            f"{each['name']} {each['version']}: {vuln['id']}, mended in {', '.join(vuln['fix_versions']) or 'none yet'}"
        )
    if len(answered) == len(asked) > 0:
        print(f"Vulnerabilities: all {len(asked)} packages asked about, {len(bad)} known.")
        return len(bad)
    print(
        f"Vulnerabilities: NOT AUDITED. Of {len(asked) or 'all'} packages the service answered for {len(answered)}. "
        "This says nothing about them; ask again from where it is reached."
    )
    return len(bad) + int(os.environ.get("AUDIT_MUST_ANSWER", "") == "1")


if __name__ == "__main__":
    os.chdir(ROOT)
    if "--keep" in sys.argv:
        sys.exit(secrets(keep=True))
    sys.exit(1 if secrets(keep=False) + vulnerabilities() else 0)
