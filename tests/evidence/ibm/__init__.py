"""The peer that wsdl.vs_ibm measures beside us."""
