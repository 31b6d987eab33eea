"""How the attendance pages print a delegation and the place of a mark."""

from django import template

from participants import attendance
from participants.exports import printed
from participants.models import Attendance

register = template.Library()
register.filter("printed", printed)


@register.filter
def point(row: Attendance) -> attendance.Point:
    """Where the mark was made; it prints as the day and the session."""
    return attendance.Point(row.day, row.session)
