"""A database credential that rotates in AWS Secrets Manager, and connections to PostgreSQL that survive it."""

import json
import random
import time

import pg8000.native

# How a PostgreSQL says that it does not let a login in: a wrong password, and a role that may not log in.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
REFUSALS = {"28P01", "28000"}


class Credential:
    """What a secret holds under AWSCURRENT, kept in memory for `ttl` seconds after it was read and no longer used then."""

    def __init__(self, secrets, secret_id, ttl=300):
        self._secrets, self._secret_id, self._ttl = secrets, secret_id, ttl
        self._value, self._until = None, 0.0

    def get(self):
        if time.monotonic() >= self._until:
            self.refresh()
        return self._value

    def refresh(self):
        """Reads it now. If that fails, what was read before is left for the rest of its time."""
        read_at = time.monotonic()
        answer = self._secrets.get_secret_value(SecretId=self._secret_id)
        self._value = {**json.loads(answer["SecretString"]), "version": answer["VersionId"]}
        self._until = read_at + self._ttl
        return self._value


def connect(credential, patience=10, **options):
    """
    A connection that logs in with what AWSCURRENT says. When the database refuses that, the secret is read again, and the
    login tried again for `patience` seconds; what is raised then is the database's own error.
    """
    login, give_up, pause = credential.get(), None, 0.05
    while True:
        try:
            return pg8000.native.Connection(
                host=login["host"],
                port=int(login["port"]),
                database=login["dbname"],
                user=login["username"],
                password=login["password"],
                **options,
            )
        except pg8000.native.DatabaseError as refusal:
            if not is_refusal(refusal):
                raise
            give_up = give_up or time.monotonic() + patience
            newest = credential.refresh()
            if newest["version"] == login["version"]:
                # The label has not moved yet: it does so an instant after the password was changed.
                if time.monotonic() >= give_up:
                    raise
                time.sleep(random.uniform(0, pause))
                pause = min(pause * 1.5, 1)
                newest = credential.refresh()
            login = newest


def is_refusal(error):
    said = error.args[0] if error.args else None
    return isinstance(said, dict) and said.get("C") in REFUSALS
