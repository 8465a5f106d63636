"""Checks a copy of Vigil's audit with nothing of Vigil's (docs/verify.md): python verify_events.py EVENTS.csv
With a seal kept elsewhere: ... EVENTS.csv SEAL.json PUBLIC_KEY_IN_HEX       (wants the package cryptography)"""

import csv
import hashlib
import json
import sys
from pathlib import Path

csv.field_size_limit(sys.maxsize)
sha = lambda text: hashlib.sha256(text.encode()).hexdigest()  # noqa: E731
file, *seal = sys.argv[1:]
heads, links, wrong = {}, {}, []
for chain, number, payload, link in csv.reader(Path(file).open(newline="", encoding="utf-8")):
    sequence = int(number)
    last, previous = heads.get(chain, (0, sha(chain)))
    if sequence != last + 1:
        wrong.append(f"chain {chain}: event {last + 1} is missing")
    if sha(f"{previous}\n{sequence}\n{sha(payload)}") != link:
        wrong.append(f"chain {chain}: event {sequence} was altered, or one before it")
    heads[chain], links[chain, sequence] = (sequence, link), link
if seal:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    signed = json.loads(Path(seal[0]).read_text(encoding="utf-8"))
    text = json.dumps(signed["seal"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal[1]))
        key.verify(bytes.fromhex(signed["signature"]), text.encode())
    except (InvalidSignature, ValueError):
        wrong.append("the seal is not of this key, or was altered")
    for head in signed["seal"]["heads"]:
        if links.get((head["chain"], head["sequence"])) != head["link"]:
            wrong.append(f"chain {head['chain']}: what was sealed up to event {head['sequence']} is not here")
print("\n".join(wrong[:20]) or f"{len(links)} events in {len(heads)} chains, unbroken")
sys.exit(bool(wrong))
