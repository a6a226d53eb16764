"""Signatures: how the fediverse proves who speaks. Sans-IO; time and keys are arguments.

Spec: draft-cavage-http-signatures-12, RFC 9421, RFC 9530, FEP-521a, FEP-8b32, FEP-ae0c.

``verifying`` is the entry for doors, ``signing`` the one for the HTTP client, ``keys`` belongs to both. The others
serve them: ``cavage`` and ``rfc9421`` are the two schemes, ``components`` makes the signature base of the latter,
``digest`` binds the body, ``message`` is what is signed, ``structured``, ``dates`` and ``base58`` read and write.

Signatures embedded in documents stand apart from these: ``proofs`` for FEP-8b32, ``ldsignature`` for RsaSignature2017
(ours for relays and forwarders; those of others give no authority). Both need ``keys``, ``base58`` and ``documents``,
which reads strictly what carries a signature, and nothing else of this package.
"""
