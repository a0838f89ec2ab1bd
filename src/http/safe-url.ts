// Addresses as they may be shown.

/** An address without credentials, query and fragment: what errors and logs may name. A text that is no
 *  address gives `(no address)`, since it might hold anything. */
export function safeUrl(url: string | URL): string {
  if (typeof url === 'string' && !URL.canParse(url)) return '(no address)';
  const parsed = typeof url === 'string' ? new URL(url) : url;
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
