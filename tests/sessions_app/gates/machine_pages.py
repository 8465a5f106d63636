"""The machine of test_pages.py: anybody at a browser, before the pages of one session. Forms as they are, filled in
well or badly, kept open too long, sent twice or as somebody else, altered, or out of a tablet's outbox."""

import re
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from django.urls import reverse
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from clinic.models import Entry
from sessions_app import urls
from sessions_app.actions import dosing, monitoring
from sessions_app.actions.correction import VOIDABLE
from sessions_app.models import Check, DeviceAdministration, DosingSession, SignEvent
from tests.cast import PIN, minutes
from tests.clock import clock_at
from tests.sessions_app.gates.clinic_day import ANYBODY, POLICIES, STAGES, WELL, Day
from tests.sessions_app.gates.fields import Asked, filled, read
from tests.sessions_app.gates.watch import OPEN, Watch, written_so_far

# A paper that is handed out is written down, and is no step.
STEPS = {path.name: path.pattern for path in urls.of_session if path.name and not re.search("export|pdf", path.name)}
OFTEN = ("record-check", "decide", "administer-device", "record-outcome", "finish-dosing", "clear", "order-dose")
LEAVING = ("record-check", "assess-readiness", "give-instructions", "discharge", "record-deviation", "record-sign")
ANY_STEP = st.one_of(st.sampled_from(sorted(STEPS)), st.sampled_from(OFTEN), st.sampled_from(LEAVING))
AT_WORK = st.sampled_from(("nora", "nora", "nils", "paul", "paul"))
LUCK = st.randoms(use_true_random=False)
KNOWN = {200, 302, 304, 403, 404, 405, 409, 422}
# What the outbox of a tablet may carry.
WAITS = ("record-check", "repeat-bp", "record-sign", "report-serious-event", "give-medicine")
SECRET, COOKIE = "what-only-this-tablet-knows", "vigil_session_tablet"
AUTHOR = re.compile(r'data-author="([^"]+)"')


class Pages(Day):
    @initialize(
        stage=st.sampled_from(("at the door", "asked", *STAGES)), policy=POLICIES, lasting=st.booleans(), luck=LUCK
    )
    def begin(self, stage: str, policy: dict[str, int], lasting: bool, luck: Random) -> None:
        self.open_the_doors(stage, policy, lasting)
        self.browsers: dict[str, Client] = {}
        self.open: list[tuple[str, str, Asked]] = []
        self.posted: list[tuple[str, str, dict[str, Any], int]] = []
        self.tokens: dict[str, str] = {}
        if stage == "asked":
            self.a_device_through_its_page("nora", luck)

    def browser(self, name: str) -> Client:
        if name not in self.browsers:
            self.browsers[name] = Client()
            self.browsers[name].force_login(self.person(name))
        return self.browsers[name]

    # --- one page ---------------------------------------------------------------------------------------

    def url(self, step: str, watch: Watch, luck: Random, rows_of: Watch | None = None) -> str:
        """Its address; ``rows_of`` another session names rows that do not belong there."""
        session = (rows_of or watch).walk.dosing_session
        kind = luck.choice(sorted(VOIDABLE))
        models: dict[str, Any] = {"administration_id": DeviceAdministration, "check_id": Check, "event_id": SignEvent}
        models["row_id"] = VOIDABLE[kind]
        said: dict[str, Any] = {"session_id": watch.walk.dosing_session.pk}
        for name in re.findall(r"<[a-z]+:(\w+)>", str(STEPS[step])):
            model = models.get(name)  # of what this machine makes no rows, one that there is not
            said[name] = kind if name == "row_kind" else self._a_row(model, session, luck) if model else UUID(int=7)
        return reverse(f"sessions_app:{step}", kwargs=said)

    def _a_row(self, model: Any, session: DosingSession, luck: Random) -> UUID:
        found = list(model.objects.filter(dosing_session=session).order_by("order").values_list("pk", flat=True))
        return luck.choice(found) if found else UUID(int=7)

    def get(self, by: str, url: str) -> tuple[Asked | None, set[str], int]:
        with clock_at(self.now):
            before = written_so_far()
            answer = self.browser(by).get(url)
            assert written_so_far() == before, url
        assert answer.status_code in KNOWN, (url, answer.status_code)
        return *read(answer.content.decode() if not answer.streaming else ""), answer.status_code

    def post(self, by: str, url: str, said: dict[str, Any], headers: dict[str, str] | None = None) -> int:
        self.watch.before(self.now)
        self.beside.before(self.now)
        before = written_so_far()
        with clock_at(self.now):
            answer = self.browser(by).post(url, said, headers=headers)
        step = url.split("/")[3]
        assert answer.status_code in KNOWN | ({401, 423} if headers else set()), (url, answer.status_code)
        done = answer.status_code == (200 if headers else 302)
        self.accepted[step if done else f"not {step}"] += 1
        if not done:
            assert written_so_far() == before, (url, answer.status_code)
        if step == "discharge" and answer.status_code == 409:
            said_there = read(answer.content.decode())[1]
            of_the_form = {"STATE", "CLOCK", "ENTRY_REUSED"} & said_there  # asked before the gate is
            assert of_the_form or said_there >= self.watch.wrong, said_there ^ self.watch.wrong
        self.watch.after(self.now)
        self.beside.after(self.now)
        self.posted.append((by, url, said, answer.status_code))
        return int(answer.status_code)

    def fill_in(self, by: str, step: str, luck: Random, *, careful: bool) -> int:
        url = self.url(step, self.watch, luck)
        if step == "decide":
            url = self._of_a_refusal(by, url, luck)
        form, _codes, status = self.get(by, url)
        if form is None:
            return status
        self.open.append((by, url, form))
        return self.post(by, url.split("?")[0], self._fill(form, luck, careful))

    def _fill(self, form: Asked, luck: Random, careful: bool) -> dict[str, Any]:
        return filled(form, luck, now=self.now, zone=self.cast.facility.zone, careful=careful)

    def _of_a_refusal(self, by: str, url: str, luck: Random) -> str:
        """The link beside a refusal, where the session's page shows one."""
        with clock_at(self.now):
            shown = self.browser(by).get(reverse("sessions_app:dosing-session", args=[self.walk.dosing_session.pk]))
        links = re.findall(r'href="([^"]*/decide/\?[^"]*)"', shown.content.decode())
        return luck.choice(links).replace("&amp;", "&") if links else url

    # --- what anybody does ------------------------------------------------------------------------------

    @rule(passed=st.sampled_from((1, 2, 5, 6, 10, 15, 30, 60, 119, 120, 600)))
    def time_goes_on(self, passed: int) -> None:
        self.now += timedelta(minutes=passed)

    @rule(by=AT_WORK, step=ANY_STEP, luck=LUCK)
    def with_care(self, by: str, step: str, luck: Random) -> None:
        self.fill_in(by, step, luck, careful=True)

    @rule(by=ANYBODY, step=ANY_STEP, luck=LUCK)
    def as_it_comes(self, by: str, step: str, luck: Random) -> None:
        self.fill_in(by, step, luck, careful=False)

    @rule(by=ANYBODY, step=ANY_STEP, luck=LUCK)
    def left_open(self, by: str, step: str, luck: Random) -> None:
        """Opened, and put aside; what it shows of the gate is the gate."""
        form, _codes, _status = self.get(by, self.url(step, self.watch, luck))
        if form is not None:
            self.open.append((by, self.url(step, self.watch, luck), form))

    @rule(which=st.integers(0, 99), luck=LUCK)
    def sent_late(self, which: int, luck: Random) -> None:
        """Something opened some time ago, whatever became of the session since."""
        if self.open:
            by, url, form = self.open[which % len(self.open)]
            self.post(by, url.split("?")[0], self._fill(form, luck, careful=True))

    @rule(which=st.integers(0, 99))
    def sent_again(self, which: int) -> None:
        """Twice the very same has one effect."""
        if self.posted:
            by, url, said, status = self.posted[which % len(self.posted)]
            before = written_so_far()
            again = self.post(by, url, said)
            if status == 302:
                assert written_so_far() == before, (url, status, again)

    @rule(which=st.integers(0, 99), by=ANYBODY)
    def sent_as_another(self, which: int, by: str) -> None:
        if self.posted:
            _by, url, said, status = self.posted[which % len(self.posted)]
            before = written_so_far()
            self.post(by, url, said)
            assert status != 302 or written_so_far() == before

    @rule(by=AT_WORK, step=ANY_STEP, luck=LUCK, how=st.sampled_from(("number", "bound", "code", "nothing", "long")))
    def altered(self, by: str, step: str, luck: Random, how: str) -> None:
        """What stands in no field that anybody can type into."""
        form, _codes, _status = self.get(by, self.url(step, self.watch, luck))
        if form is None:
            return
        said = self._fill(form, luck, careful=True)
        used = Entry.objects.order_by("?").values_list("entry_id", flat=True).first()
        changed: dict[str, dict[str, Any]] = {
            "number": {"entry_id": str(used)},
            "bound": {"bound": str(self._a_row(Check, self.beside.walk.dosing_session, luck))},
            "code": {"code": luck.choice(("MINIMUM_STAY", "PEAK_CHECK", "BP", "NO_SUCH"))},
            "nothing": dict.fromkeys(form.hidden, ""),
            "long": {name: "9" * 5000 for name in form.hidden if name != "entry_id"},
        }
        said |= {"minimum_stay_minutes": "1", "now": "2030-01-01T00:00", "state": "DISCHARGED", "by": "ada"}
        self.post(by, self.url(step, self.watch, luck), said | changed[how])

    @rule(by=AT_WORK, step=ANY_STEP, luck=LUCK)
    def rows_of_another(self, by: str, step: str, luck: Random) -> None:
        """The next patient's rows, at this patient's address."""
        url = self.url(step, self.watch, luck, rows_of=self.beside)
        form, _codes, status = self.get(by, url)
        assert not {"administration_id", "check_id", "event_id"} & {*re.findall(r":(\w+)>", str(STEPS[step]))} or (
            status in (403, 404)
        )
        if form is not None:
            self.post(by, url, self._fill(form, luck, careful=True))

    @rule(
        by=st.sampled_from(("nora", "paul")),
        step=st.sampled_from(WAITS),
        ago=st.sampled_from((1, 5, 30, -5)),
        luck=LUCK,
    )
    def out_of_the_outbox(self, by: str, step: str, ago: int, luck: Random) -> None:
        """Typed on the tablet a while ago, sent by whoever is signed in there; sometimes under another's name."""
        form, _codes, _status = self.get(by, self.url(step, self.watch, luck))
        token = self._token(by)
        if form is None or not token:
            return
        said = self._fill(form, luck, careful=luck.random() < 0.7) | {"entry_id": str(uuid4())}
        token = token if luck.random() < 0.9 else token[:-2]
        headers = {"X-Outbox-Author": token, "X-Outbox-Typed": (self.now - minutes(ago)).isoformat()}
        self.post("tablet", self.url(step, self.watch, luck), said, headers | {"X-Requested-With": "outbox"})

    def _token(self, name: str) -> str:
        """Whoever comes in last at the tablet is signed in there."""
        tablet = self.browsers.setdefault("tablet", Client())
        tablet.cookies[COOKIE] = SECRET
        with clock_at(self.now):
            tablet.post("/tablet/", {"person": str(self.person(name).pk), "pin": PIN})
            found = AUTHOR.findall(tablet.get("/patients/").content.decode())
        return found[0] if found else ""

    @rule(by=st.sampled_from(("nora", "nils", "paul")))
    def what_is_shown(self, by: str) -> None:
        """The session's page lists what the gate refuses, and nothing else; before the dose what one page answers
        stands there as one."""
        shown = self.get(by, reverse("sessions_app:dosing-session", args=[self.walk.dosing_session.pk]))[1]
        self.watch.before(self.now)
        wrong, state = self.watch.wrong, self.watch.session.state
        if state == "MONITORING":
            assert shown == wrong, shown ^ wrong
        elif state in OPEN:
            assert shown <= wrong, shown - wrong
            assert bool(shown) == bool(wrong)

    # --- what belongs together --------------------------------------------------------------------------

    @rule(by=st.sampled_from(("nora", "nils")), luck=LUCK)
    def a_dose(self, by: str, luck: Random) -> None:
        self.everything_is_asked(by)
        self.a_whole_dose(by)

    @rule(by=st.sampled_from(("nora", "nils")), luck=LUCK)
    def a_device_through_its_page(self, by: str, luck: Random) -> None:
        """Everything before it is done with care, so that clearing and handing over are taken."""
        self.everything_is_asked(by)
        self.attempt(monitoring.record_check, by, check=WELL)
        self.attempt(dosing.order_dose, "paul", mg=56, devices=2, reason="As discussed.")
        for step in ("clear", "administer-device"):
            self.fill_in(by, step, luck, careful=True)

    @rule(by=st.sampled_from(("nora", "nils")), luck=LUCK, systolic=st.sampled_from((141, 160)))
    def high_and_accepted(self, by: str, luck: Random, systolic: int) -> None:
        """A pressure above the line, and a prescriber's word on it."""
        high = replace(WELL, vitals=replace(WELL.vitals, systolic_mmhg=systolic))
        self.attempt(monitoring.record_check, by, check=high)
        self.fill_in("paul", "decide", luck, careful=True)

    @rule(by=st.sampled_from(("nora", "nils")), luck=LUCK)
    def put_right(self, by: str, luck: Random) -> None:
        """Charted wrong: said again, and taken back."""
        for step in ("correct-check", "void"):
            self.fill_in(by, step, luck, careful=True)

    @rule(by=st.sampled_from(("nora", "nils")), luck=LUCK, short_by=st.sampled_from((0, 0, 1)))
    def a_whole_stay(self, by: str, luck: Random, short_by: int) -> None:
        """Watched to the end, and out through the page."""
        self.a_whole_watch(by, short_by=short_by)
        self.what_is_shown(by)
        self.fill_in(by, "discharge", luck, careful=True)

    @rule(by=st.sampled_from(("nora", "nils")), luck=LUCK)
    def out_and_back(self, by: str, luck: Random) -> None:
        """Released, and sits down again; what was looked at before says nothing about the next release."""
        self.a_whole_stay(by, luck, short_by=0)
        for step in ("reopen", "discharge"):
            self.fill_in(by, step, luck, careful=True)
