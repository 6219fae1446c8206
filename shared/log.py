"""Logregels: JSON op stdout, zonder BSN. Wat de elfproef doorstaat wordt gemaskeerd, waar het ook staat."""

import logging
import re
import sys
import time
from typing import Any

import structlog
from stdnum.nl import bsn

_NEGEN = re.compile(r"(?<!\d)\d{8,9}(?!\d)")


def _masker(tekst: str) -> str:
    return _NEGEN.sub(lambda m: "[bsn?]" if bsn.is_valid(m.group().zfill(9)) else m.group(), tekst)


def _maskeer(waarde: Any) -> Any:
    if isinstance(waarde, str):
        return _masker(waarde)
    if isinstance(waarde, dict):
        return {k: _maskeer(v) for k, v in waarde.items()}
    if isinstance(waarde, list | tuple):
        return [_maskeer(v) for v in waarde]
    return waarde


def _zonder_bsn(_logger: Any, _naam: str, regel: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {k: _maskeer(v) for k, v in regel.items()}


class Tempo(logging.Filter):
    """Laat gelijke meldingen hooguit eens per tien seconden door: een uitval geeft er anders duizenden."""

    def __init__(self) -> None:
        super().__init__()
        self._laatst: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Waar als deze melding (op sjabloon) tien seconden niet is gezegd."""
        nu = time.monotonic()
        if nu - self._laatst.get(str(record.msg), -10.0) < 10:
            return False
        self._laatst[str(record.msg)] = nu
        return True


def stel_in(niveau: str, dienst: str) -> None:
    """Zet structlog en de standaardlogger op één JSON-regel per besluit."""
    gedeeld: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*gedeeld, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    uit = logging.StreamHandler(sys.stdout)
    uit.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=gedeeld,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _zonder_bsn,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(handlers=[uit], level=niveau, force=True)
    for spraakzaam in ("httpx", "aiokafka"):
        logging.getLogger(spraakzaam).setLevel(logging.WARNING)
    uit.addFilter(lambda r: not r.name.startswith("aiokafka") or _AIOKAFKA.filter(r))
    structlog.contextvars.bind_contextvars(dienst=dienst)


_AIOKAFKA = Tempo()
log: structlog.stdlib.BoundLogger = structlog.get_logger("banenspoor")
