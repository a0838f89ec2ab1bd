// Numbers as Python writes them, because the server puts them into commands and dumps that way.

/** Python's `repr()` of a float: `1.0`, `0.456`, `1e-05`, `1e+16`. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [mantissa = '0', power = '+0'] = value.toExponential().split('e');
  const exponent = Number(power);
  const sign = Object.is(value, -0) ? '-' : '';
  if (exponent < -4 || exponent >= 16) {
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  if (Number.isInteger(value)) return `${sign}${BigInt(value)}.0`;
  return exponent >= 0 ? String(value) : withoutExponent(mantissa, exponent);
}

/** `5.6e-4` is `0.00056`; JavaScript's own text changes to an exponent only later, but not at the same place. */
function withoutExponent(mantissa: string, exponent: number): string {
  const digits = mantissa.replace(/[-.]/g, '');
  return `${mantissa.startsWith('-') ? '-' : ''}0.${'0'.repeat(-exponent - 1)}${digits}`;
}
