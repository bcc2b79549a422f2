"""The round-trip proof: values made from a contract go through writer and reader, and are judged by its XSD."""
