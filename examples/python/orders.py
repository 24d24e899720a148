"""Opens a connection each second, while the credential rotates, and says as whom. One connection stays open all along."""

import os
import ssl
import time

import boto3

from rotating import Credential, connect


def main():
    credential = Credential(boto3.client("secretsmanager"), os.environ.get("SECRET_ID", "shop/orders"))
    options = {"ssl_context": ssl.create_default_context(cafile=os.environ["PGSSLROOTCERT"])}
    open_all_along = connect(credential, **options)
    while True:
        connection = connect(credential, **options)
        version = credential.get()["version"]
        print(f"new: {who_am_i(connection)} by version {version[:8]}, open: {who_am_i(open_all_along)}", flush=True)
        connection.close()
        time.sleep(1)


def who_am_i(connection):
    return connection.run("SELECT session_user")[0][0]


try:
    main()
except KeyboardInterrupt:
    pass
