"""From facts to a signed .pkpass: payload, string tables, pictures, signature."""

from wallet import logos
from wallet.apple import images, payload, signing
from wallet.apple.payload import Identity
from wallet.apple.signing import PackagedFile, Signer
from wallet.facts import PassFacts


def files(facts: PassFacts, identity: Identity) -> dict[str, PackagedFile]:
    """Every file of the package but the manifest and the signature."""
    document = payload.build(facts, identity, has_wide_logo=logos.is_wide(facts.program.look))
    packed = {"pass.json": PackagedFile.of(signing.as_json(document.content))}
    for language, table in document.strings.items():
        packed[f"{language}.lproj/pass.strings"] = PackagedFile.of(payload.strings_file(table))
    return {**packed, **images.pictures(facts)}


def build(facts: PassFacts, identity: Identity, signer: Signer) -> bytes:
    """The .pkpass of one card."""
    return signing.package(files(facts, identity), signer)
