// What a person has to do to sign in on another device.
import type { View } from './terminal.ts';

export interface SignInPage {
  readonly url: string;
  readonly code: string;
  /** The page that knows the code already. */
  readonly urlWithCode: string | undefined;
  readonly lastsMs: number;
}

/** The text for a person; ends without a line break.
 *  @param picture lines of a QR code, or none */
export function renderSignIn(page: SignInPage, picture: readonly string[], view: View): string {
  const { style } = view;
  const address = page.urlWithCode ?? page.url;
  const minutes = Math.max(1, Math.floor(page.lastsMs / 60_000));
  const lines = ['To sign in, open this page in a browser, on this machine or on any other device:', ''];
  lines.push(`    ${style.path(view.link(address, address))}`, '');
  if (picture.length > 0) lines.push(...picture.map((line) => `    ${line}`), '');
  const code = style.strong(page.code);
  lines.push(
    page.urlWithCode === undefined
      ? `and type the code ${code} there`
      : `and check that it shows the code ${code}`,
  );
  return `${lines.join('\n')} (good for ${minutes} min).`;
}
