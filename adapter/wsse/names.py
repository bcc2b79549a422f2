"""Names of WS-Security and XML Signature: namespaces, tags, and the addresses of token types."""

from __future__ import annotations

_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = f"{_OASIS}wssecurity-secext-1.0.xsd"
WSU = f"{_OASIS}wssecurity-utility-1.0.xsd"
WSSE11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
X509V3 = f"{_OASIS}x509-token-profile-1.0#X509v3"
BASE64 = f"{_OASIS}soap-message-security-1.0#Base64Binary"

ID = f"{{{WSU}}}Id"
SECURITY = f"{{{WSSE}}}Security"
TOKEN = f"{{{WSSE}}}BinarySecurityToken"
TOKEN_REFERENCE = f"{{{WSSE}}}SecurityTokenReference"
USERNAME_TOKEN = f"{{{WSSE}}}UsernameToken"
TIMESTAMP = f"{{{WSU}}}Timestamp"
CONFIRMATION = f"{{{WSSE11}}}SignatureConfirmation"
SIGNATURE = f"{{{DS}}}Signature"
INCLUSIVE = f"{{{EXCLUSIVE}}}InclusiveNamespaces"
