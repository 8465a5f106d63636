"""Checks the archive of one record, where it was unpacked, with nothing of Vigil's (docs/verify.md): python verify.py
With a seal kept elsewhere: ... SEAL.json PUBLIC_KEY_IN_HEX       (wants the package cryptography)"""

import csv
import hashlib
import json
import re
import sys
from datetime import datetime
from pathlib import Path

csv.field_size_limit(sys.maxsize)
sha = lambda text: hashlib.sha256(text.encode()).hexdigest()  # noqa: E731
# Columns that move; each change of them has an event of its own.
MOVES = {
    "clinic.Patient": "same_person_as_id link_id details_id first_name middle_initial last_name birth_date sex phone"
    " paper_language",
    "sessions_app.DosingSession": "state transition_id discharge_id last_order chair checked_in_at checked_in_by_id"
    " program_version_id policy_id minimum_stay_minutes final_check_window_minutes scheduled_at block_from block_until",
    "sessions_app.Filing": "state step_id edition_id treatment_date due_at person_id",
}
asked, archive = sys.argv[1:], Path(__file__).parent
heads, links, wrong, written, unread = {}, {}, [], {}, 0


def same(now, then):
    """Early events name a moment in the facility's zone: the same moment is the same."""
    try:
        return now == then or datetime.fromisoformat(str(now)) == datetime.fromisoformat(str(then))
    except (ValueError, TypeError):
        return False


# --- the chain: its first line is the link before it; of events of somebody else the digest stands alone
for chain, number, payload, link in csv.reader((archive / "events.csv").open(newline="", encoding="utf-8")):
    sequence = int(number)
    if not payload and chain not in heads:
        heads[chain] = (sequence, link)
        continue
    last, previous = heads.get(chain, (0, sha(chain)))
    digest_alone = bool(re.fullmatch("[0-9a-f]{64}", payload))
    if sequence != last + 1:
        wrong.append(f"chain {chain}: event {last + 1} is missing")
    if sha(f"{previous}\n{sequence}\n{payload if digest_alone else sha(payload)}") != link:
        wrong.append(f"chain {chain}: event {sequence} was altered, or one before it")
    elif not digest_alone:
        for row in json.loads(payload)["rows"]:
            written.setdefault((row["table"], row["fields"]["id"]), []).append((sequence, row["fields"]))
    heads[chain], links[chain, sequence] = (sequence, link), link
    unread += digest_alone

# --- its rows are those of its events, as they were written; then its files
record = json.loads((archive / "record.json").read_text(encoding="utf-8"))
rows = {(row["table"], row["fields"]["id"]): row["fields"] for row in record["rows"]}
kept_back = {fields["document_id"] for (table, _id), fields in rows.items() if table == "clinic.Delivery"}
for key in written.keys() | rows.keys():
    table, name = key[0], " ".join(key)
    if key not in written:
        wrong.append(f"{name} stands in no event")
    for sequence, fields in written.get(key, ()):
        now, moves = rows.get(key), MOVES.get(table, "").split()
        if now is None:
            wrong.append(f"{name} of event {sequence} is missing")
        elif bad := [each for each in fields if each not in moves and not same(now.get(each), fields[each])]:
            wrong.append(f"{name} is not as event {sequence} says: {', '.join(bad)}")
for (table, key), row in rows.items():
    if table == "clinic.Signature" and sha(row["content"]) != row["digest"]:
        wrong.append(f"{table} {key}: what was signed is not what was digested")
    elif table == "clinic.Signature":
        signed = json.loads(row["content"])
        now = rows.get((signed["table"], row["row_id"]), {})
        if bad := [each for each, value in signed["fields"].items() if not same(now.get(each), value)]:
            wrong.append(f"{signed['table']} {row['row_id']} is not as signed: {', '.join(bad)}")
    if table == "clinic.Document" and key not in kept_back:
        paper = next(archive.glob(f"documents/{key}.*"), None)
        if paper is None or hashlib.sha256(paper.read_bytes()).hexdigest() != row["digest"]:
            wrong.append(f"{table} {key}: its file is missing, or is another")
manifest = json.loads((archive / "manifest.json").read_text(encoding="utf-8"))
for name, digest in manifest.items():
    file = archive / name
    if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != digest:
        wrong.append(f"{name} is not as manifest.json says")


# --- the seal
if asked:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    signed = json.loads(Path(asked[0]).read_text(encoding="utf-8"))
    text = json.dumps(signed["seal"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(asked[1]))
        key.verify(bytes.fromhex(signed["signature"]), text.encode())
    except (InvalidSignature, ValueError):
        wrong.append("the seal is not of this key, or was altered")
    for head in signed["seal"]["heads"]:
        if head["chain"] in heads and links.get((head["chain"], head["sequence"])) != head["link"]:
            wrong.append(f"chain {head['chain']}: what was sealed up to event {head['sequence']} is not here")
said = f"{len(links)} events in {len(heads)} chains, unbroken" + (f"; {unread} by their digest alone" if unread else "")
print("\n".join(wrong[:20]) or f"{said}; {len(rows)} rows as they were written")
sys.exit(bool(wrong))
