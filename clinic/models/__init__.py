from clinic.models.audit import AuditChain, AuditEvent
from clinic.models.break_glass import BreakGlass, BreakGlassReview
from clinic.models.cabinet import Cabinet, CabinetPolicy, StockMovement
from clinic.models.certification import AuthorizedRepresentative, Certification, CertificationReview
from clinic.models.contact import FacilityContact, PersonContact
from clinic.models.count import CabinetClosing, Count, CountLine, StockPolicy
from clinic.models.credential import Credential
from clinic.models.delivery import Delivery, Supplier
from clinic.models.discrepancy import Discrepancy, DiscrepancyClosure, DiscrepancyDevice, DiscrepancyStep
from clinic.models.document import Document, DocumentContent
from clinic.models.enrolment import Enrolment, EnrolmentStatus, PatientTransfer
from clinic.models.entry import Channel, ClinicalRow, Correction, Entry, SignedRow
from clinic.models.facility import Facility, Organisation
from clinic.models.patient import Counselling, Language, Patient, PatientLink, Sex
from clinic.models.patient_record import Allergy, Consent, PatientContact, PatientDetails
from clinic.models.recall import Recall, RecallWithdrawal
from clinic.models.record_access import RecordAccess
from clinic.models.reminder import Reminder
from clinic.models.requirement import Attestation, Evidence, Finding, FindingClosure
from clinic.models.sign_in import AtTheDoor, Passage, SignIn
from clinic.models.signature import Signature
from clinic.models.staff import RoleAssignment, User
from clinic.models.stock import Device
from clinic.models.tablet import PinAttempt, PinOutcome, Tablet, TabletHeard, TabletRevocation

__all__ = [
    "Allergy",
    "AtTheDoor",
    "Attestation",
    "AuditChain",
    "AuditEvent",
    "AuthorizedRepresentative",
    "BreakGlass",
    "BreakGlassReview",
    "Cabinet",
    "CabinetClosing",
    "CabinetPolicy",
    "Certification",
    "CertificationReview",
    "Channel",
    "ClinicalRow",
    "Consent",
    "Correction",
    "Counselling",
    "Count",
    "CountLine",
    "Credential",
    "Delivery",
    "Device",
    "Discrepancy",
    "DiscrepancyClosure",
    "DiscrepancyDevice",
    "DiscrepancyStep",
    "Document",
    "DocumentContent",
    "Enrolment",
    "EnrolmentStatus",
    "Entry",
    "Evidence",
    "Facility",
    "FacilityContact",
    "Finding",
    "FindingClosure",
    "Language",
    "Organisation",
    "Passage",
    "Patient",
    "PatientContact",
    "PatientDetails",
    "PatientLink",
    "PatientTransfer",
    "PersonContact",
    "PinAttempt",
    "PinOutcome",
    "Recall",
    "RecallWithdrawal",
    "RecordAccess",
    "Reminder",
    "RoleAssignment",
    "Sex",
    "SignIn",
    "Signature",
    "SignedRow",
    "StockMovement",
    "StockPolicy",
    "Supplier",
    "Tablet",
    "TabletHeard",
    "TabletRevocation",
    "User",
]
