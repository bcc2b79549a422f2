"""Several SOAP calls behind one operation.

Rule 1: all calls share the caller's deadline; none is repeated.
Rule 2: what only reads runs side by side (``joined``), what changes something one after the other (``sequence``), and
        so do the pages of a list (``paged``).
Rule 3: a caller is never told that something is done which is not, or gone which may still be there.
"""

from adapter.several.call import Answer, Ask, part
from adapter.several.joined import joined
from adapter.several.paged import paged
from adapter.several.sequence import sequence
from adapter.several.tokens import Cursors

__all__ = ["Answer", "Ask", "Cursors", "joined", "paged", "part", "sequence"]
