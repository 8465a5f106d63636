"""A security key in software: what a browser and its device would answer."""

import json
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from clinic.models import User

FLAG = AuthenticatorData.FLAG
HOST = "testserver"


class SoftKey:
    """``verifies``: it knows its owner by finger, face or PIN."""

    def __init__(self, *, verifies: bool = True) -> None:
        self.secret = ec.generate_private_key(ec.SECP256R1())
        self.verifies = verifies
        public = ES256.from_cryptography_key(self.secret.public_key())
        self.id = sha256(repr(public).encode())
        self.credential = AttestedCredentialData.create(Aaguid.NONE, self.id, public)

    def belong_to(self, person: User) -> Authenticator:
        """As if added on its page."""
        data = AuthenticatorData.create(sha256(HOST.encode()), FLAG.UP | FLAG.UV | FLAG.AT, 0, self.credential)
        client = CollectedClientData.create(CollectedClientData.TYPE.CREATE, b"x" * 16, f"https://{HOST}")
        response = {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        kept = {"id": websafe_encode(self.id), "rawId": websafe_encode(self.id), "type": "public-key"}
        return Authenticator.objects.create(
            user=person, type="webauthn", data={"name": "Soft", "credential": {**kept, "response": response}}
        )

    def answer(self, asked: dict[str, Any], *, origin: str = f"https://{HOST}", host: str = HOST) -> str:
        from fido2.utils import websafe_decode

        challenge = websafe_decode(asked["publicKey"]["challenge"])
        client = CollectedClientData.create(CollectedClientData.TYPE.GET, challenge, origin)
        data = AuthenticatorData.create(sha256(host.encode()), FLAG.UP | (FLAG.UV if self.verifies else FLAG(0)), 1)
        signature = self.secret.sign(data + client.hash, ec.ECDSA(hashes.SHA256()))
        return json.dumps(
            {
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "type": "public-key",
                "response": {
                    "clientDataJSON": websafe_encode(client),
                    "authenticatorData": websafe_encode(data),
                    "signature": websafe_encode(signature),
                    "userHandle": None,
                },
                "clientExtensionResults": {},
            }
        )
