// `prun/bad-image`: a container image that no registry can have.
import { placeInText } from './text-place.ts';
import type { StepRule } from './rule.ts';

export const containerImage: StepRule = (_draft, findings, view) => {
  const known = view.isPrun ? view.known('opt_containerImage') : undefined;
  if (known === undefined || known.text.includes('%{')) return;
  const fault = faultOf(known.text);
  if (fault === undefined) return;
  const [message, help, start, end] = fault;
  findings.error('prun/bad-image', placeInText(known.state, start, end), message, { help });
};

type Fault = readonly [message: string, help: string | undefined, start: number, end: number];

function faultOf(image: string): Fault | undefined {
  const whole = [0, image.length] as const;
  if (image.trim() === '')
    return ['`opt_containerImage` is empty', 'leave it out for a step without an image', ...whole];
  const blank = image.search(/\s/);
  if (blank !== -1) return [`the image \`${image}\` contains a blank`, undefined, blank, blank + 1];
  const scheme = /^[A-Za-z][\w+.-]*:\/\//.exec(image)?.[0];
  if (scheme === 'http://' || scheme === 'https://') {
    const help = `write \`docker://${image.slice(scheme.length)}\``;
    return [`\`${scheme}\` is not how an image is named`, help, 0, scheme.length];
  }
  if (scheme === undefined) {
    const almost = /^docker(?::\/(?!\/)|\/\/|:(?=[a-z]))/i.exec(image)?.[0];
    if (almost !== undefined && !/^docker:[\w.-]+$/.test(image)) {
      const help = `write \`docker://${image.slice(almost.length).replace(/^\/+/, '')}\``;
      return [`\`${almost}\` is not \`docker://\``, help, 0, almost.length];
    }
    return undefined;
  }
  return scheme === 'docker://' ? referenceFault(image, scheme.length) : undefined;
}

/** `[host[:port]/]path[:tag][@digest]`. Source: the grammar of references of the distribution project. */
function referenceFault(image: string, offset: number): Fault | undefined {
  const [name = '', digest] = image.slice(offset).split('@');
  if (name === '') return ['the image has no name after `docker://`', undefined, 0, image.length];
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  const path = hasTag ? name.slice(0, colon) : name;
  const tag = hasTag ? name.slice(colon + 1) : undefined;
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag)) {
    const message = tag === '' ? 'the tag after `:` is empty' : `\`${tag}\` cannot be the tag of an image`;
    return [message, undefined, offset + colon, offset + name.length];
  }
  if (digest !== undefined && !/^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/.test(digest)) {
    return [`\`@${digest}\` is not the digest of an image`, undefined, offset + name.length, image.length];
  }
  return pathFault(path, offset);
}

function pathFault(path: string, offset: number): Fault | undefined {
  const parts = path.split('/');
  const [first = ''] = parts;
  const hasHost = parts.length > 1 && (/[.:]/.test(first) || first === 'localhost');
  let at = offset;
  for (const [index, part] of parts.entries()) {
    const isHost = index === 0 && hasHost;
    if (!isHost && !/^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/.test(part)) {
      const lower = part.toLowerCase();
      const message =
        part === ''
          ? 'the name of the image has an empty part'
          : `\`${part}\` cannot be part of the name of an image`;
      const isCase = part !== lower && /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/.test(lower);
      return [
        message,
        isCase ? `names of images are in lower case: \`${lower}\`` : undefined,
        at,
        at + Math.max(part.length, 1),
      ];
    }
    at += part.length + 1;
  }
  return undefined;
}
