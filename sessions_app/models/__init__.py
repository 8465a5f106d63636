from sessions_app.models.adverse_event import AdverseEvent, AdverseEventAccount, AdverseEventReport
from sessions_app.models.alarm import Alarm, AlarmStep
from sessions_app.models.course import Antidepressant, Course, OffLabelJustification
from sessions_app.models.course_record import Authorisation, BenefitReview, Treatment, TreatmentEnd, Trial
from sessions_app.models.diary import (
    AppointmentReminder,
    BookingMove,
    Closure,
    ClosureWithdrawal,
    DiarySetting,
    NoShow,
)
from sessions_app.models.discharge import (
    Deviation,
    Discharge,
    Impairment,
    InstructionsGiven,
    LeftEarly,
    ReadinessAssessment,
    StayExtension,
    Transfer,
)
from sessions_app.models.dosing import (
    Clearance,
    DeviceAdministration,
    DeviceOutcome,
    DeviceTimeConfirmation,
    DoseOrder,
    GateException,
    PrescriberDecision,
)
from sessions_app.models.dosing_session import DosingSession, SessionRow, Transition
from sessions_app.models.edition import FacilityEdition, FormEdition
from sessions_app.models.emergency import Emergency, EmergencyCall, EmergencyEnd
from sessions_app.models.filing import Filing, FilingAnswer, FilingOutcome, FilingStep, FilingVersion
from sessions_app.models.filing_digest import DigestChoice, FilingDigest
from sessions_app.models.floor import ChairList, ChairMove, PrescriberContact, Watch
from sessions_app.models.follow_up import FollowUpCall
from sessions_app.models.intake import Answer, EnrolmentVerification, IntakeReport, Topic, WayHomeArrangement
from sessions_app.models.monitoring import (
    Check,
    MedicineGiven,
    NotObtained,
    SeriousEvent,
    SignEvent,
    SignObservation,
)
from sessions_app.models.on_site import ClosingTime, OximeterCheck, Presence
from sessions_app.models.paper import PaperConfirmation
from sessions_app.models.program import FacilityPolicy, ProgramVersion
from sessions_app.models.score import SafetyAlert, SafetyPlan, Score, TabletHandover
from sessions_app.models.session_line import LinesUntil, SessionLine, StockDay
from sessions_app.models.waiting import Waiting, WaitingEnd

__all__ = [
    "AdverseEvent",
    "AdverseEventAccount",
    "AdverseEventReport",
    "Alarm",
    "AlarmStep",
    "Answer",
    "Antidepressant",
    "AppointmentReminder",
    "Authorisation",
    "BenefitReview",
    "BookingMove",
    "ChairList",
    "ChairMove",
    "Check",
    "Clearance",
    "ClosingTime",
    "Closure",
    "ClosureWithdrawal",
    "Course",
    "Deviation",
    "DeviceAdministration",
    "DeviceOutcome",
    "DeviceTimeConfirmation",
    "DiarySetting",
    "DigestChoice",
    "Discharge",
    "DoseOrder",
    "DosingSession",
    "Emergency",
    "EmergencyCall",
    "EmergencyEnd",
    "EnrolmentVerification",
    "FacilityEdition",
    "FacilityPolicy",
    "Filing",
    "FilingAnswer",
    "FilingDigest",
    "FilingOutcome",
    "FilingStep",
    "FilingVersion",
    "FollowUpCall",
    "FormEdition",
    "GateException",
    "Impairment",
    "InstructionsGiven",
    "IntakeReport",
    "LeftEarly",
    "LinesUntil",
    "MedicineGiven",
    "NoShow",
    "NotObtained",
    "OffLabelJustification",
    "OximeterCheck",
    "PaperConfirmation",
    "PrescriberContact",
    "PrescriberDecision",
    "Presence",
    "ProgramVersion",
    "ReadinessAssessment",
    "SafetyAlert",
    "SafetyPlan",
    "Score",
    "SeriousEvent",
    "SessionLine",
    "SessionRow",
    "SignEvent",
    "SignObservation",
    "StayExtension",
    "StockDay",
    "TabletHandover",
    "Topic",
    "Transfer",
    "Transition",
    "Treatment",
    "TreatmentEnd",
    "Trial",
    "Waiting",
    "WaitingEnd",
    "Watch",
    "WayHomeArrangement",
]
