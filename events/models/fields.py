"""Fields that clean what they are given, so that no page, sheet, feed or mail ever meets a stray byte."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField, I18nTextField
from i18nfield.strings import LazyI18nString

from events.text import clean_line, clean_text, has_visible


class LineField(models.CharField):
    """One line of typed text; a value in which nothing can be seen is refused unless the field may be blank."""

    def to_python(self, value: Any) -> Any:
        """The value cleaned to one line."""
        value = super().to_python(value)
        return clean_line(value) if isinstance(value, str) else value

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse what no reader could see."""
        super().validate(value, model_instance)
        if value and not has_visible(value):
            raise ValidationError(_("Write at least one letter or number."), code="invisible")

    def get_prep_value(self, value: Any) -> Any:
        """The cleaned value: code that skips validation stores nothing else either."""
        return super().get_prep_value(self.to_python(value))


class ParagraphField(models.TextField):
    """Several lines of typed text."""

    def to_python(self, value: Any) -> Any:
        """The value without control characters."""
        value = super().to_python(value)
        return clean_text(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        """The cleaned value."""
        return super().get_prep_value(self.to_python(value))


def _refuse_invisible(field: models.Field[Any, Any], value: Any) -> None:
    texts = value.data if isinstance(value, LazyI18nString) else value
    written = [text for text in (texts.values() if isinstance(texts, dict) else [texts]) if text and text.strip()]
    if any(not has_visible(clean_text(text)) for text in written):
        raise ValidationError(_("Write at least one letter or number."), code="invisible")
    if not written and not field.blank:
        raise ValidationError(_("Write a text in at least one language."), code="required")


def _cleaned(value: Any, clean: Any) -> Any:
    """A mapping of language to cleaned text; a text without a language is English, whatever it looks like as JSON."""
    texts = value.data if isinstance(value, LazyI18nString) else value
    if texts in (None, ""):
        return ""
    if not isinstance(texts, dict):
        texts = {"en": str(texts)}
    return LazyI18nString({language: clean(text or "") for language, text in texts.items()})


class TranslatedLineField(I18nCharField):
    """One line per language; what is missing falls back to English."""

    def get_prep_value(self, value: Any) -> Any:
        """Every language cleaned to one line."""
        return super().get_prep_value(_cleaned(self.to_python(value), clean_line))

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse what no reader could see."""
        _refuse_invisible(self, value)


class TranslatedTextField(I18nTextField):
    """Several lines per language; what is missing falls back to English."""

    def get_prep_value(self, value: Any) -> Any:
        """Every language cleaned."""
        return super().get_prep_value(_cleaned(self.to_python(value), clean_text))

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse what no reader could see."""
        _refuse_invisible(self, value)
