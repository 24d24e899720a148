import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { KeyturnError } from "../../errors.js";

/** What has been seen of the sockets of one login. */
interface Login {
  connected: boolean;
  redirected: boolean;
}

/** https://nodejs.org/api/diagnostics_channel.html#event-netclientsocket */
const CHANNEL = "net.client.socket";
const logins = new AsyncLocalStorage<Login>();

/**
 * Runs a login of the driver's, which follows a listener's REDIRECT to whatever address stands in it, out of TLS too, and
 * has no option not to. The addresses of a host are tried one after the other until one takes the connection; a socket after
 * that one is a redirect, and is destroyed before it connects. Throws `Redirected` then.
 */
export async function withoutRedirects<Result>(work: () => Promise<Result>): Promise<Result> {
  const login: Login = { connected: false, redirected: false };
  subscribe(CHANNEL, watch);
  try {
    return await logins.run(login, work);
  } catch (error) {
    throw login.redirected ? redirected() : error;
  } finally {
    unsubscribe(CHANNEL, watch);
  }
}

/** Of every socket that the process opens meanwhile: those of others have no login. */
function watch(message: unknown): void {
  const { socket } = message as { socket: Socket };
  const login = logins.getStore();
  if (!login) return;
  if (login.connected) {
    login.redirected = true;
    // Before it connects, and after its maker listens for errors.
    process.nextTick(() => socket.destroy(new Error("A redirect is not followed.")));
  } else socket.once("connect", () => (login.connected = true));
}

function redirected(): KeyturnError {
  return new KeyturnError("UnsupportedError", {
    code: "Redirected",
    message:
      "The listener sends the login to another address, which is not followed. Put the address of the database's own node into " +
      'the secret as "host", not that of a cluster\'s SCAN listener or of shared servers.',
  });
}
