// Whom a client trusts and as whom it shows itself: TLS, decided when the first `https:` request is made.
import type { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { LocalError, messageOf } from '../base/errors.ts';
import type { Secret } from '../base/secret.ts';
import { PlainAgent } from './plain-agent.ts';

export interface TlsTrust {
  /** PEM texts of authorities that are trusted beside the usual ones; read when the first secure connection is made. */
  readonly ca?: readonly string[] | (() => Promise<readonly string[]>) | undefined;
  /** False trusts any server, unseen. */
  readonly verify: boolean;
  /** Called once, before the first secure connection that is not verified. */
  readonly onUnverified?: (() => void) | undefined;
  /** Who the user is, asked before each connection: a certificate may be replaced while the program runs. */
  readonly client?: (() => ClientCertificate | undefined) | undefined;
}

/** How the user is known to a server without a token. */
export interface ClientCertificate {
  /** PEM: the certificate, followed by those that vouch for it. */
  readonly certificates: string;
  /** PEM, not encrypted. */
  readonly privateKey: Secret;
  /** `https://host:port` of the servers it is shown to; nobody else learns who the user is. */
  readonly origins: ReadonlySet<string>;
}

export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** Connections of one client. */
export class Connections {
  readonly #trust: TlsTrust;
  /** By what tells them apart; `undefined` stands for those that show no certificate. */
  readonly #agents = new Map<ClientCertificate | undefined, Map<string, Promise<Agents>>>();
  #authorities: Promise<string[] | undefined> | undefined;
  #saidUnverified = false;

  constructor(trust: TlsTrust) {
    this.#trust = trust;
  }

  /** The agents for one address.
   *  @param kept true: connections stay open for the next request. A kept connection may be closed by the server just as a
   *    request leaves, so one that must not be sent twice gets a connection of its own.
   *  @throws LocalError when the authorities cannot be read */
  agents(url: URL, kept: boolean): Promise<Agents> {
    const secure = url.protocol === 'https:';
    if (secure && !this.#trust.verify && !this.#saidUnverified) {
      this.#saidUnverified = true;
      this.#trust.onUnverified?.();
    }
    const client = secure ? this.#trust.client?.() : undefined;
    const shown = client?.origins.has(url.origin) === true ? client : undefined;
    const known = this.#agents.get(shown) ?? new Map<string, Promise<Agents>>();
    this.#agents.set(shown, known);
    const key = `${secure} ${kept}`;
    const made = known.get(key) ?? this.#make(secure, shown, kept);
    known.set(key, made);
    made.catch(() => known.delete(key));
    return made;
  }

  async #make(secure: boolean, shown: ClientCertificate | undefined, keepAlive: boolean): Promise<Agents> {
    const http = new PlainAgent({ keepAlive });
    if (!secure) return { http, https: new HttpsAgent({ keepAlive }) };
    const secureContext = await this.#context(shown);
    const rejectUnauthorized = this.#trust.verify;
    const trust = secureContext === undefined ? {} : { secureContext };
    return { http, https: new HttpsAgent({ keepAlive, rejectUnauthorized, ...trust }) };
  }

  /** Made once for many connections: reading some hundred authorities takes longer than a handshake.
   *  @returns `undefined`: what Node trusts by itself */
  async #context(client: ClientCertificate | undefined): Promise<SecureContext | undefined> {
    this.#authorities ??= this.#readAuthorities();
    const ca = await this.#authorities;
    if (ca === undefined && client === undefined) return undefined;
    try {
      return createSecureContext({
        ...(ca === undefined ? {} : { ca }),
        ...(client === undefined ? {} : { cert: client.certificates, key: client.privateKey.reveal() }),
      });
    } catch (cause) {
      const what = client === undefined ? 'the certificates of authorities' : 'the client certificate';
      throw new LocalError(`cannot use ${what}: ${messageOf(cause)}`, { cause });
    }
  }

  async #readAuthorities(): Promise<string[] | undefined> {
    const { ca } = this.#trust;
    const more = typeof ca === 'function' ? await ca() : (ca ?? []);
    return more.length === 0 ? undefined : [...rootCertificates, ...more];
  }
}
