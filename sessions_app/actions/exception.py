"""What has already happened is recorded all the same: a gate refuses a permission, never a fact."""

from clinic.access import is_licensed
from clinic.rules.refusals import ActionRefused, ClearedBy, Refusal
from sessions_app.actions.session_entry import SessionEntry
from sessions_app.models import GateException

_NOT_LICENSED = Refusal("NOT_LICENSED", {}, None, (ClearedBy.OTHER,))


def refuse_or_except(opened: SessionEntry, refusals: tuple[Refusal, ...], exception_reason: str, *, gate: str) -> None:
    """Refuse; or, for something that happened all the same, keep a licensed person's reason as an exception."""
    if not refusals:
        return
    if not exception_reason.strip() or any(refusal.code in ("STATE", "FIELD") for refusal in refusals):
        raise ActionRefused(refusals)
    if not is_licensed(opened.by, opened.dosing_session.facility_id, at=opened.entered_at):
        raise ActionRefused((_NOT_LICENSED, *refusals))
    codes = sorted({refusal.code for refusal in refusals})
    opened.add(GateException, gate=gate, codes=codes, reason=exception_reason.strip())
