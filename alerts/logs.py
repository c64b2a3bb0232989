"""Structured lines on standard error, in which nothing from outside passes for a line of ours.

Apart from what commands open: the ones that only classify need neither a config nor a database.
"""

import os
import sys
from textwrap import indent

import structlog

from alerts.cleaning import plain
from alerts.redaction import redact
from classifier.terminal import inert


def log_level(default: str) -> str:
    """Return from which level up is logged: $TOCSIN_LOG, or the command's own default."""
    wanted = os.environ.get("TOCSIN_LOG", default).lower()
    return wanted if wanted in ("debug", "info", "warning", "error") else default


def write_logs(least: str) -> None:
    """Write structured lines to standard error, from this level up unless $TOCSIN_LOG says else."""
    render: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            # Before the renderer, whose own tracebacks show variables, and so what is secret.
            structlog.processors.format_exc_info,
            tame,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(log_level(least)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def tame(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Leave no secret in what is logged, and nothing that acts on a terminal or begins a line."""
    for name, value in event.items():
        if name == "exception":
            event[name] = indent(inert(redact(value)), "  ")
        elif isinstance(value, str):
            event[name] = plain(redact(value))
    return event
