"""How every process learns that what the public sees of an agenda has changed.

Triggers in the database send the word as a change is committed (events/migrations 0015 and 0020): a release, an
edition that is published, taken back or moved to another address, a document in the list of a session. The word is
there within a millisecond or so, but nobody knows when. So a process that answers from memory also asks the database,
which brings whatever was sent before, whenever it has not asked for a while; and who releases waits for as long.
"""

import time

from django.db import transaction

CHANNEL = "rasr_agenda"
HEARD_AFTER = 0.1  # seconds after a commit when every process that answers has heard of it


def wait_until_heard() -> None:
    """When this transaction is committed, go on only when no process answers with what was before."""
    transaction.on_commit(lambda: time.sleep(HEARD_AFTER))
