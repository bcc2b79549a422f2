"""The HTTP backend: a microservice answers instead of the ERP.

What callers sent was checked before. It goes on as it came, or as the mapping says that the service wants it (names,
words, path, query); of the caller's header fields only ``FORWARDED`` and the operation's own go with it. Who we are is
shown by credentials of ours. The answer reaches the caller once it has been seen to have the form of the contract:

=============================  ====================================================================================
200, 201, 202, 204, 207        JSON of the contract's form, with its status; ``Location`` in the façade's own terms
4xx, 5xx of the table          the problem that the mapping's ``faults:`` of ``http:`` says
4xx with a declared problem    that problem (its type's last segment), with detail and field errors
401, 403 otherwise             502 ``backend-refused-us``: the caller's credentials were not sent, so ours are meant
429, 503                       503 ``backend-busy`` with the service's ``Retry-After``; sent: maybe
everything else                502 ``backend-reply-invalid``; sent: yes
=============================  ====================================================================================
"""

from __future__ import annotations

from adapter.backends.http.asking import AS_BEFORE, FORWARDED, Manner, http
from adapter.backends.http.intent import Unbuildable, intent
from adapter.backends.http.served import DryRuns, Login, asking, dry_runs, served, unknown
from adapter.backends.http.translation import AS_IT_IS, Translation, translation

__all__ = [
    "AS_BEFORE",
    "AS_IT_IS",
    "FORWARDED",
    "DryRuns",
    "Login",
    "Manner",
    "Translation",
    "Unbuildable",
    "asking",
    "dry_runs",
    "http",
    "intent",
    "served",
    "translation",
    "unknown",
]  # fmt: skip
