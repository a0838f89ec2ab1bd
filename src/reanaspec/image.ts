// Container images, as REANA takes them.
import type { Findings } from '../base/finding.ts';
import type { Span } from '../base/span.ts';

/** Reports an image that can be another one tomorrow, and a name that no registry can have. */
export function checkImage(image: string, span: Span, findings: Findings): void {
  const plain = image.replace(/^(?:docker|shub|library|oras):\/\//, '');
  // An image on a shared file system, or one that is put together when the workflow runs.
  if (/^(?:\/|\.\/)|\.sif$|[{}$]/.test(plain)) return;
  if (/^$|^:|\s|:$|:\/\/|:[^/:@]+:[^/:@]+$/.test(plain)) {
    findings.error('reana/bad-image', span, `\`${image}\` cannot be the name of an image`);
    return;
  }
  const tag = /:([^/:@]+)$/.exec(plain)?.[1];
  if (!plain.includes('@') && (tag === undefined || tag === 'latest')) {
    const message = `image \`${image}\` has no fixed tag, so it can be another one tomorrow`;
    findings.warning('reana/image-without-tag', span, message);
  }
}
