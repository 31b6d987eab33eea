"""What people fill in, one page a module."""

from participants.forms.addresses import AddressForm
from participants.forms.details import DetailsForm
from participants.forms.lost import LostForm
from participants.forms.registering import RegistrationForm

__all__ = ["AddressForm", "DetailsForm", "LostForm", "RegistrationForm"]
