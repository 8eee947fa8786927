"""Passwords and tokens, with the standard library alone. A password is stored as scrypt$salt$hash; a token is
payload.signature, where the payload names the user and when it ends."""
import base64
import hashlib
import hmac
import json
import os
import time

LIFETIME = 7 * 24 * 3600
SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}  # 16 MiB and some 50 ms for each guess


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def hash_password(password: str) -> str:
    salt = os.urandom(16)
    return f"scrypt${_encode(salt)}${_encode(hashlib.scrypt(password.encode(), salt=salt, **SCRYPT))}"


# Checked when there is no such user, so that the time an answer takes does not tell who has an account.
NOBODY = hash_password(_encode(os.urandom(16)))


def password_matches(password: str, stored: str) -> bool:
    try:
        kind, salt, wanted = stored.split("$")
        got = hashlib.scrypt(password.encode(), salt=_decode(salt), **SCRYPT)
        return kind == "scrypt" and hmac.compare_digest(got, _decode(wanted))
    except ValueError:
        return False


def _sign(secret: str, payload: str) -> str:
    return _encode(hmac.digest(secret.encode(), payload.encode(), "sha256"))


def make_token(secret: str, user_id: str, now: float | None = None) -> str:
    ends = int((time.time() if now is None else now) + LIFETIME)
    payload = _encode(json.dumps({"user": str(user_id), "ends": ends}).encode())
    return f"{payload}.{_sign(secret, payload)}"


def read_token(secret: str, token: str, now: float | None = None) -> str | None:
    """Who it is; None for a token that is forged, broken or past its end."""
    payload, _, signature = token.partition(".")
    if not hmac.compare_digest(_sign(secret, payload).encode(), signature.encode()):
        return None
    said = json.loads(_decode(payload))
    return said["user"] if said["ends"] > (time.time() if now is None else now) else None
