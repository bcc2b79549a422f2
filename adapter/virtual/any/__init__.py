"""The pretend ERP of any contract: schema-true answers, examples, recordings.

``AnyErp`` answers by the contract alone; ``Recorder`` asks a real service and writes down what it said; ``Replayer``
says it again. ``adapter.virtual.answering(engine)`` serves any of them.
"""

from adapter.virtual.any.erp import AnyErp
from adapter.virtual.any.record import Recorder
from adapter.virtual.any.replay import Replayer

__all__ = ["AnyErp", "Recorder", "Replayer"]
