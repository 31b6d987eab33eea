"""send_messages [--once]: the mail worker. Several may run, on several hosts."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from participants import delivery


class Command(BaseCommand):
    """Sends queued messages until it is told to stop; the one in hand is finished first."""

    help = "Send queued messages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once, or for ever."""
        parser.add_argument("--once", action="store_true", help="send what is due now, then end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        """Work."""
        stopping = False

        def stop(*_signal: Any) -> None:
            nonlocal stopping
            stopping = True

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        if not once:
            self.stdout.write("Sending messages.")
            self.stdout.flush()
        sent = delivery.run(lambda: stopping, once=once)
        if once:
            self.stdout.write(f"{sent} sent.")
