"""manage.py wallet_testcerts: a made-up chain of certificates, so that the demo serves signed passes."""

from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from wallet.apple.made_up_chain import Chain, make_chain

PASS_TYPE_ID = "pass.made-up.example"
TEAM_ID = "MADEUP0000"
DAYS = 3650
README = """These certificates are made up, by manage.py wallet_testcerts, for the demo and for tests.
No phone trusts them. A pass signed with them verifies against root.pem:

  unzip -o card.pkpass -d card && cd card
  openssl cms -verify -inform DER -in signature -content manifest.json -binary \\
      -CAfile ../root.pem -purpose any -out /dev/null
"""


class Command(BaseCommand):
    help = "Make a chain of certificates that no phone trusts, for the demo and for tests, and print the settings."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--folder", type=Path, default=settings.VAR_DIR / "wallet", help="Where to put them."
        )
        parser.add_argument("--pass-type-id", default=PASS_TYPE_ID)
        parser.add_argument("--team-id", default=TEAM_ID)
        parser.add_argument(
            "--renew", action="store_true", help="Make new ones where there are some already."
        )

    def handle(self, *, folder: Path, pass_type_id: str, team_id: str, renew: bool, **options: Any) -> None:
        files = {name: folder / name for name in ("root.pem", "wwdr.pem", "pass.pem", "pass.key")}
        if renew or not all(path.exists() for path in files.values()):
            chain = make_chain(pass_type_id=pass_type_id, team_id=team_id, now=timezone.now(), days=DAYS)
            self._write(chain, folder)
        self.stdout.write("# Made up: no phone trusts these.")
        self.stdout.write(f"WALLET_APPLE_PASS_TYPE_ID={pass_type_id}")
        self.stdout.write(f"WALLET_APPLE_TEAM_ID={team_id}")
        self.stdout.write(f"WALLET_APPLE_CERTIFICATE={files['pass.pem']}")
        self.stdout.write(f"WALLET_APPLE_KEY={files['pass.key']}")
        self.stdout.write(f"WALLET_APPLE_WWDR={files['wwdr.pem']}")

    def _write(self, chain: Chain, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        key = chain.leaf.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "root.pem").write_bytes(chain.root.pem)
        (folder / "wwdr.pem").write_bytes(chain.intermediate.pem)
        (folder / "pass.pem").write_bytes(chain.leaf.pem)
        secret = folder / "pass.key"
        secret.touch(mode=0o600)
        secret.write_bytes(key)
        (folder / "README.txt").write_text(README)
