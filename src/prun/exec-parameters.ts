// The payload as job parameters: constant stretches, percent-quoted, between the placeholders that JEDI fills for each job.
// Source: panda-client 2.0.2 `PsubUtils.convertParamStrToJediParam`, as prun and phpo call it.
import { percentQuote, type PlainObject, type PlainValue } from './plain-value.ts';

/** The parameters between `-p "` and `"`. `%IN` and other streams stay in the text: they are filled on the worker. */
export function execParameters(exec: string): PlainObject[] {
  const offsets = new Map<string, number>();
  let text = exec;
  for (const { name, pattern } of placeholders) {
    const counter = pattern.exec(text)?.groups?.['number'];
    // The first offset counts for all placeholders of its kind.
    if (counter !== undefined) offsets.set(name, Number(counter));
    text = text.replaceAll(new RegExp(pattern, 'g'), () => `\${${name}}`);
  }
  const parameters: PlainObject[] = [];
  let done = 0;
  for (const found of findHolders(text)) {
    parameters.push(
      constant(text.slice(done, found.start)),
      template(text.slice(found.start, found.end), offsets),
    );
    done = found.end;
  }
  parameters.push(constant(text.slice(done)));
  return parameters;
}

/** The database release that `%DB:dataset:file` asks for, or `undefined`. */
export function databaseReleaseOf(exec: string): string | undefined {
  return /%DB:([^ '";]+)/.exec(exec)?.[1];
}

// In the order of the original, which matters where one replacement makes another possible.
const placeholders = [
  { name: 'SEQNUMBER', pattern: /%RNDM[:=](?<number>\d+)%?/ },
  { name: 'DBR', pattern: /%DB[:=][^ '"}]+/ },
  { name: 'SKIPEVENTS', pattern: /%SKIPEVENTS/ },
  { name: 'FIRSTEVENT', pattern: /%FIRSTEVENT[:=](?<number>\d+)%?/ },
  { name: 'MAXEVENTS', pattern: /%MAXEVENTS/ },
  { name: 'SEGMENT_NAME', pattern: /%SEGMENT_NAME/ },
];

/** Stretches around `${NAME…}`: a placeholder takes the text that touches it along, up to a blank, quote or bracket.
 *  Found by hand, because one pattern for it takes quadratic time on long payloads. */
function findHolders(text: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  let done = 0;
  for (const match of text.matchAll(/\$\{(?:SEQNUMBER|DBR|SKIPEVENTS|FIRSTEVENT|MAXEVENTS|SEGMENT_NAME)/g)) {
    if (match.index < done) continue;
    const close = text.indexOf('}', match.index);
    if (close === -1) break;
    let start = match.index;
    while (start > done && !'=,"\' ({;'.includes(text.charAt(start - 1))) start--;
    let end = close + 1;
    while (end < text.length && !',"\' )};'.includes(text.charAt(end))) end++;
    found.push({ start, end });
    done = end;
  }
  return found;
}

function constant(text: string): PlainObject {
  return { type: 'constant', value: percentQuote(text), padding: false };
}

function template(text: string, offsets: ReadonlyMap<string, number>): PlainObject {
  const name = /\$\{([^:}]+)/.exec(text)?.[1] ?? '';
  const item: Record<string, PlainValue> = { type: 'template', value: text, padding: false };
  if (name === 'SEQNUMBER') {
    item['param_type'] = 'pseudo_input';
    item['dataset'] = 'seq_number';
  } else {
    item['param_type'] = 'number';
  }
  const offset = offsets.get(name);
  if (offset !== undefined) item['offset'] = offset;
  return item;
}
