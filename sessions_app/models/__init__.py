from sessions_app.models.course import Antidepressant, Course, OffLabelJustification
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
from sessions_app.models.intake import Answer, EnrolmentVerification, IntakeReport, Topic, WayHomeArrangement
from sessions_app.models.monitoring import Alarm, Check, NotObtained, SeriousEvent, SignEvent, SignObservation
from sessions_app.models.on_site import OximeterCheck, Presence
from sessions_app.models.program import FacilityPolicy, ProgramVersion

__all__ = [
    "Alarm",
    "Answer",
    "Antidepressant",
    "Check",
    "Clearance",
    "Course",
    "Deviation",
    "DeviceAdministration",
    "DeviceOutcome",
    "DeviceTimeConfirmation",
    "Discharge",
    "DoseOrder",
    "DosingSession",
    "EnrolmentVerification",
    "FacilityPolicy",
    "GateException",
    "Impairment",
    "InstructionsGiven",
    "IntakeReport",
    "LeftEarly",
    "NotObtained",
    "OffLabelJustification",
    "OximeterCheck",
    "PrescriberDecision",
    "Presence",
    "ProgramVersion",
    "ReadinessAssessment",
    "SeriousEvent",
    "SessionRow",
    "SignEvent",
    "SignObservation",
    "StayExtension",
    "Topic",
    "Transfer",
    "Transition",
    "WayHomeArrangement",
]
