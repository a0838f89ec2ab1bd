// Readings of texts that are made once for each text.

/** More different texts than this are not kept: the memory of a check stays bounded. */
const mostTexts = 256;

/** A reading that is made once for each text: in a workflow of thousands of steps most of them say the same, and several rules
 *  ask for each. What is read must never be changed by those who get it. */
export function oncePerText<Reading extends object>(
  read: (text: string) => Reading,
): (text: string) => Reading {
  const known = new Map<string, Reading>();
  return (text) => {
    let reading = known.get(text);
    if (reading === undefined) {
      reading = read(text);
      if (known.size >= mostTexts) known.clear();
      known.set(text, reading);
    }
    return reading;
  };
}
