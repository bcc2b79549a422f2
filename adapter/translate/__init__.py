"""Values ⇄ XML: a writer, a reader and a fault reader, compiled from an endpoint while building."""
