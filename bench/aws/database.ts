/** A secret's value. */
export interface Value {
  readonly engine: string;
  readonly host: string;
  readonly port: number;
  readonly dbname: string;
  readonly username: string;
  readonly password: string;
  readonly masterarn?: string;
}

/** What AWS's functions do at a database. `ca`: the authority that the server's certificate is verified by. */
export interface AwsDatabase {
  /** Whether the new password is the one already. */
  letsIn(ca: string, value: Value): Promise<boolean>;
  setByItself(ca: string, current: Value, previous: Value | undefined, pending: Value): Promise<void>;
  /** The current credential has to get in first. */
  setByAdmin(ca: string, current: Value, pending: Value, readAdmin: () => Promise<Value>): Promise<void>;
  testLogin(ca: string, pending: Value): Promise<void>;
}

/** In what the function for an engine differs from the others. */
export interface AwsEngine<Client extends { end(): Promise<void> }> {
  /** Without TLS where there is none. */
  connected(value: Value, tls: { readonly ca: string } | undefined): Promise<Client>;
  /** Of name and password. */
  isRefusal(error: unknown): boolean;
  setOwn(client: Client, pending: Value): Promise<void>;
  setOther(admin: Client, current: Value, pending: Value): Promise<void>;
  test(client: Client): Promise<void>;
}

/** All of them go about it alike. */
export function awsDatabase<Client extends { end(): Promise<void> }>(engine: AwsEngine<Client>): AwsDatabase {
  /** With TLS, verified; where that fails, without. */
  const opened = (ca: string, value: Value) =>
    engine.connected(value, { ca }).catch(() => engine.connected(value, undefined));

  return {
    async letsIn(ca, value) {
      try {
        await (await opened(ca, value)).end();
        return true;
      } catch (error) {
        if (engine.isRefusal(error)) return false;
        throw error;
      }
    },
    async setByItself(ca, current, previous, pending) {
      const client = await opened(ca, current).catch((error) => {
        if (!previous || !engine.isRefusal(error)) throw error;
        return opened(ca, previous);
      });
      await engine.setOwn(client, pending);
      await client.end();
    },
    async setByAdmin(ca, current, pending, readAdmin) {
      await (await opened(ca, current)).end();
      const admin = await opened(ca, { ...(await readAdmin()), dbname: current.dbname });
      await engine.setOther(admin, current, pending);
      await admin.end();
    },
    async testLogin(ca, pending) {
      const client = await opened(ca, pending);
      await engine.test(client);
      await client.end();
    },
  };
}
