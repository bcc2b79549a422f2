"""What the build must say about mistakes around signatures: a part of the text and of the remedy."""

from __future__ import annotations

SIGNATURES: dict[str, tuple[str, str]] = {
    "signature-has-a-timestamp": ("timestamp: a signature has one anyway", "remove 'timestamp'"),
    "signed-no-timestamp": ("signed: without the timestamp a signature could be used again", "add timestamp"),
    "signed-twice": ("signed: names a part twice", "keep one"),
    "signed-no-token": ("signed: there is no username_token to sign", "remove it, or add 'username_token:'"),
    "signed-unknown-part": ("signed: must be a list of timestamp, body", "signed: [timestamp, body]"),
    "signed-without-signature": ("signed: means nothing without signature", "remove 'signed'"),
    "answers-without-signature": ("unsigned_answers: means nothing without signature", "remove 'unsigned_answers'"),
    # the settings
    "verify-missing": ("no VERIFY of the credentials 'lager_sign'", "set ADAPTER_CREDENTIAL_LAGER_SIGN_VERIFY"),
    "signing-certificate-file": (
        "ADAPTER_CREDENTIAL_LAGER_SIGN_CERTIFICATE: no usable PEM file",
        "log-in-at-the-erp",
    ),
    "verify-file": ("ADAPTER_CREDENTIAL_LAGER_TRUST_VERIFY: the file cannot be read", "log-in-at-the-erp"),
    "signing-certificate-missing": (
        "no CERTIFICATE of the credentials 'lager_trust'",
        "set ADAPTER_CREDENTIAL_LAGER_TRUST_CERTIFICATE",
    ),
}
