// Readings of texts that are made once for each text.

/** A reading that is made once for each text: in a workflow of thousands of steps most of them say the same, and several rules
 *  ask for each. What is read must never be changed by those who get it.
 *  @param mostTexts more different texts are not kept: the memory of a check stays bounded */
export function oncePerText<Reading extends object>(
  read: (text: string) => Reading,
  mostTexts = 256,
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
