"""Times as they are at the place of an edition, and choices drawn one by one."""

from django import template

from participants import times

register = template.Library()
register.filter("at_place", times.at_place)
register.filter("days_of", times.days_of)
register.filter("span_at_place", times.span_at_place)
