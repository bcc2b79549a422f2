"""What the build must say about mistakes in who we are to the ERP: identities, credentials, sessions."""

from __future__ import annotations

IDENTITY: dict[str, tuple[str, str]] = {
    "credential-without-part": ("credential and part go together", "part: PASSWORD"),
    "part-in-small-letters": ("'password' is not a part such as PASSWORD", "ADAPTER_CREDENTIAL_<NAME>_<PART>"),
    "function-for-an-element": ("a function makes a whole header block", "compute: …, credential: …"),
    "function-without-credentials": ("a function takes 'credential' and nothing else", "credential: a name"),
    "credential-and-setting": ("needs either 'value' or 'setting' or 'credential'", "with part: PASSWORD"),
    "unknown-key-in-session": ("soap.identity.session has no key 'tokn'", "did you mean 'token'?"),
    "token-at-two-places": ("place: names one place", "one of header, http_header, body, cookie"),
    "token-at-no-place": ("place: names one place", "one of header, http_header, body, cookie"),
    "no-sign": ("expired: is empty", "Signs that the token is not known any more"),
    "session-without-token": ("session needs the key 'token'", "where the login's reply says it"),
    "field-of-the-adapter": ("http_header: Authorization is filled by the adapter", "the ERP's own"),
    "two-signs-in-one": ("a sign is exactly one of code, detail, text", "split it"),
    "life-is-a-word": ("life: must be a whole number", "Seconds that a token is good for"),
    "session-expired-detail": ("no fault with the detail SitzungsFehler", "there are: "),
    "session-header": ("StorniereAuftrag declares no header Aufruf", "did you mean Aufrufkontext?"),
    "session-token": ("session: token: there is no Sitzung in Auftrag", "there are: "),
    "session-login-incomplete": (
        "session: LeseAuftrag requires AuftragNr, and nothing fills it",
        "set: {AuftragNr: …}",
    ),
    "unknown-function": ("there is no function token_pasport for a header block", "did you mean token_passport?"),
    "constant-credential-missing": ("no USER of the credentials 'erp'", "ADAPTER_CREDENTIAL_ERP_USER_FILE"),
    "credential-in-body-missing": ("no PASSWORD of the credentials 'erp'", "ADAPTER_CREDENTIAL_ERP_PASSWORD_FILE"),
    "identity-of-two-kinds": ("an identity is either basic or bearer", "keep one"),
    "identity-of-nothing": ("identity: names no credentials", "identity: {basic: erp}"),
    "digest-without-token": ("digest: means nothing without username_token", "remove 'digest'"),
    "unknown-key-in-identity": ("soap.identity has no key 'basc'", "did you mean 'basic'?"),
    "credential-missing": (
        "no CLIENT_ID of the credentials 'lager'",
        "set ADAPTER_CREDENTIAL_LAGER_CLIENT_ID, or ADAPTER_CREDENTIAL_LAGER_CLIENT_ID_FILE",
    ),
    "credential-file": ("ADAPTER_CREDENTIAL_LAGER_CLIENT_SECRET: the file cannot be read", "log-in-at-the-erp"),
    "credential-address": ("ADAPTER_CREDENTIAL_LAGER_TOKEN_URL: is no http or https address", "log-in-at-the-erp"),
    "certificate-missing": ("no CERTIFICATE of the credentials 'lager_tls'", "LAGER_TLS_CERTIFICATE"),
    "certificate-over-http": (
        "a certificate is shown in TLS only",
        "LAGERSERVICE_LAGERPORT to an https",
    ),
}
