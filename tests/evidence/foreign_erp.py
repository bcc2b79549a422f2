"""job.foreign_erp: SOAP servers that we did not write, answering through a mapping of their own contract."""

from __future__ import annotations

import shutil
from dataclasses import replace

from tests.evidence import Result
from tests.foreign.servers import NODE, SOAPBAR, SPYNE, called, npm_folder, wrong


def measure() -> Result:
    """Call each of them; those whose every answer is right count."""
    folder = npm_folder()
    servers = [SPYNE, SOAPBAR, *([replace(NODE, folder=folder)] if folder else [])]
    good, told = [], [] if folder else ["npm soap: no npm here"]
    for foreign in servers:
        with called(foreign) as app:
            failed = wrong(app, foreign.calls)
        if failed:
            told.append(f"{foreign.name}: {failed[0]}")
        else:
            good.append(foreign.name)
    if folder:
        shutil.rmtree(folder)
    return Result(f"{len(good)} ({', '.join(good)})" + "".join(f"; {text}" for text in told), len(good) >= 2)
