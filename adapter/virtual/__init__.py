"""The pretend ERP: a real SOAP server over HTTP that holds every request against the contracts in ``wsdl/``.

``running(project)`` serves in a thread, for tests; ``serve(project, host, port)`` is what ``adapter virtual`` calls.
``Server.control.add("LesePartner", times=1, close="body")`` makes it misbehave (see ``misbehave``).
"""

from adapter.virtual.erp import VirtualErp
from adapter.virtual.server import Server, answering, running, serve

__all__ = ["Server", "VirtualErp", "answering", "running", "serve"]
