"""What every page needs: icons."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """One icon of the sprite in parts/icons.html, hidden from screen readers: words stand beside it."""
    return format_html('<svg class="i" aria-hidden="true" focusable="false"><use href="#{}"/></svg>', name)
