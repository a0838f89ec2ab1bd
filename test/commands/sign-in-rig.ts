// A user of a PanDA server with an identity provider, both on loopback, and a vault of his own.
import { CliRig, type CliResult } from '../rigs/cli.ts';
import { IdentityProvider } from '../rigs/identity-provider.ts';

export class SignInRig extends CliRig {
  readonly provider: IdentityProvider;
  readonly env: Readonly<Record<string, string>>;

  private constructor(provider: IdentityProvider) {
    super();
    this.provider = provider;
    this.env = {
      PANDA_URL_SSL: `${provider.origin}/server/panda`,
      PANDA_AUTH: 'oidc',
      PANDA_AUTH_VO: 'atlas:production',
      PCHAIN_SECRETS: 'vault',
      PCHAIN_VAULT_PASSPHRASE: 'a passphrase for tests',
    };
  }

  static async open(): Promise<SignInRig> {
    return new SignInRig(await IdentityProvider.start());
  }

  /** Runs the program as that user. */
  runSignedUp(words: readonly string[], more: Record<string, string> = {}): Promise<CliResult> {
    return this.run(words, { env: { ...this.env, ...more } });
  }

  async close(): Promise<void> {
    await this.provider.stop();
    this.remove();
  }
}

/** Ports are different in every run. */
export const shown = (text: string): string => text.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST');
