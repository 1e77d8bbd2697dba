"""`countersign doctor`: looks at everything around a run, and says what to do.

It changes nothing: no migration, no lock, no message to anybody.
"""

import logging
import sys

from bot.clock import SystemClock
from bot.doctor.examination import examine
from bot.doctor.report import as_json_text, as_text, is_well
from bot.settings import load_what_is_set


async def run_doctor(*, as_json: bool) -> int:
    """Look, print, and give the exit status: 0 unless there is an error."""
    logging.getLogger().addHandler(logging.NullHandler())  # it is all in the report
    settings, problems = load_what_is_set()
    findings = await examine(settings, problems, SystemClock())
    sys.stdout.write(as_json_text(findings) if as_json else as_text(findings))
    return 0 if is_well(findings) else 1
