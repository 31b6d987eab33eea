"""Two spellings of one speaker made one."""

from __future__ import annotations

from django.db import transaction
from django.db.models import ManyToOneRel
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from events.models import Appearance, Edition, Session, Speaker, record
from events.scheduling import texts


class MergingError(Exception):
    """Two speakers cannot be made one; the text is a sentence for a person."""


@transaction.atomic
def merge_speakers(*, kept: Speaker, given_up: Speaker, by: str) -> Speaker:
    """Give every appearance of `given_up`, and whatever else hangs on it, to `kept`, then delete it; returns `kept`.

    Where both have the same role in one place, that of `kept` stays. The biography is taken in the languages in which
    `kept` has none. Released agendas stay as they are. `by` is the actor as text. Raises MergingError.
    """
    moved = Appearance.objects.filter(speaker=given_up)
    editions = Edition.objects.filter(sessions__appearances__in=moved).values("pk")
    list(Edition.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=editions).order_by("pk"))
    # Whoever changes speakers writes the session first: a release waits, and an open form of it is refused as stale.
    Session.objects.filter(appearances__in=moved).update(changed_at=clock.now())
    pair = Speaker.objects.select_for_update(of=("self",)).filter(pk__in=[kept.pk, given_up.pk]).order_by("pk")
    found = {one.pk: one for one in pair}
    if kept.pk == given_up.pk or len(found) < 2:
        raise MergingError(_("Choose two speakers that are there."))
    kept, given_up = found[kept.pk], found[given_up.pk]
    taken = set(Appearance.objects.filter(speaker=kept).values_list("session", "talk", "role"))
    for one in moved.order_by("pk"):
        if (one.session_id, one.talk_id, one.role) in taken:
            one.delete()
        else:
            one.speaker = kept
            one.save(update_fields=["speaker"])
    _move_the_rest(kept, given_up)
    biography = texts(given_up.biography) | texts(kept.biography)
    if biography != texts(kept.biography):
        kept.biography = LazyI18nString(biography)
        kept.save(update_fields=["biography"])
    record(kept, "merge", by=by, edition=None, before=f"{given_up.name} ({given_up.pk})", after=kept.name)
    given_up.delete()
    return kept


def _move_the_rest(kept: Speaker, given_up: Speaker) -> None:
    """What else names a speaker, in whatever app: papers handed in, links to hand one in."""
    for relation in Speaker._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.related_model is not Appearance:
            name = relation.field.name
            relation.related_model._default_manager.filter(**{name: given_up}).update(**{name: kept})
