"""What every form of ours shares: how a field is drawn, and small parts of fields."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from participants.models import Participant


def limit_of(name: str) -> int:
    field: Any = Participant._meta.get_field(name)
    return int(field.max_length)


def choices_of(choices: Any, ask: str = "") -> list[tuple[str, Any]]:
    return ([("", ask)] if ask else []) + [(choice.value, choice.label) for choice in choices]


def unspelled(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"spellcheck": "false", **attrs})


class PlainForm(forms.Form):
    """Drawn by our own template for a field; the server judges, the browser does not; optional fields say so."""

    use_required_attribute = False
    conditional: tuple[str, ...] = ()  # needed by some people only, as the heading above them says

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.field_template = "participants/parts/field.html"
        unmarked = (forms.HiddenInput, forms.CheckboxInput)
        for name, field in self.fields.items():
            if not field.required and name not in self.conditional and not isinstance(field.widget, unmarked):
                field.label = format_lazy("{} {}", field.label, _("(optional)"))
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = "3"
            elif isinstance(field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
                field.widget.attrs["class"] = "form-check-input"

    def typed_answers(self) -> list[tuple[Any, str]]:
        """Label and text of everything filled in, valid or not, to be shown again."""
        answers = []
        for bound in self.visible_fields():
            value = bound.value()
            values = [str(one) for one in (value if isinstance(value, list) else [value]) if one]
            names = {str(key): str(name) for key, name in getattr(bound.field, "choices", [])}
            if isinstance(bound.field, forms.BooleanField):
                values = [gettext("Yes")] if value else []
            if values:
                answers.append((bound.label, ", ".join(names.get(one, one) for one in values)))
        return answers
