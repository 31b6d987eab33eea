"""One JSON line for each event: what happened, where, with which number. No names, addresses, tokens or queries."""

import json
import logging

_FIELDS = ("number", "method", "route", "status", "code", "kind", "row", "tries")


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON; whatever it holds is escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """The line. Of an exception only type and places in the code: its text may quote what people typed."""
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "from": record.name,
            "what": record.msg if record.exc_info or record.name.startswith("django") else record.getMessage(),
        }
        line |= {name: value for name in _FIELDS if (value := getattr(record, name, None)) not in (None, "")}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = self._places(record.exc_info[2])
        return json.dumps(line, default=str)

    def _places(self, trace: object) -> list[str]:
        places = []
        while trace is not None:
            code = trace.tb_frame.f_code  # type: ignore[attr-defined]
            places.append(f"{code.co_filename.rsplit('/site-packages/')[-1]}:{trace.tb_lineno}")  # type: ignore[attr-defined]
            trace = trace.tb_next  # type: ignore[attr-defined]
        return places
