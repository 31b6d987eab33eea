"""What people fill in, one page a module."""

from participants.forms.addresses import AddressForm
from participants.forms.delegations import CorrectionForm, LetterForm, ListForm, NominationForm, PersonForm
from participants.forms.details import DetailsForm
from participants.forms.handing_in import HandInForm
from participants.forms.lost import LostForm
from participants.forms.records import ReasonForm, RecordForm
from participants.forms.registering import NomineeForm, RegistrationForm

__all__ = [
    "AddressForm",
    "CorrectionForm",
    "DetailsForm",
    "HandInForm",
    "LetterForm",
    "ListForm",
    "LostForm",
    "NominationForm",
    "NomineeForm",
    "PersonForm",
    "ReasonForm",
    "RecordForm",
    "RegistrationForm",
]
