// Releases of Athena as `--athenaTag` names them. Source: panda-client `AthenaUtils.parse_athena_tag`.

/** `transUses`: `Atlas-21.6.85`, or empty; `cache`: `-AthGeneration_21.6.85`, or empty. */
export interface AthenaRelease {
  readonly transUses: string;
  readonly cache: string;
}

/** Reads `AthGeneration,21.6.85` and its like; a tag with `32` or `64` is refused, as `--cmtConfig` says that. */
export function parseAthenaTag(tag: string): AthenaRelease | { readonly fault: string } {
  const items = tag.split(',');
  let transUses = '';
  let cache = '';
  let isNightly = false;
  for (const item of items) {
    const release = /^\d+\.\d+\.\d+/.exec(item)?.[0];
    if (release !== undefined) {
      transUses = `Atlas-${release}`;
      cache += `_${/^\d+\.\d+\.\d+\.\d+\.*\d*$/.test(item) ? item : release}`;
    } else if (/^(\d+\.\d+\.X|\d+\.X\.\d+|\d+\.\d+|main|master.*)$/.test(item)) {
      transUses = `Atlas-${item}`;
    } else if (item.startsWith('rel_')) {
      isNightly = true;
      if (items.includes('dev')) transUses = 'Atlas-dev';
      else if (items.includes('devval')) transUses = 'Atlas-devval';
      cache = `-AtlasOffline_${item}`;
    } else if (/^(latest|r27|\d{4}-\d\d-\d\dT\d{4})$/.test(item)) {
      cache += `_${item}`;
    } else if (item === '32' || item === '64') {
      return { fault: `\`--athenaTag\` takes no \`${item}\`; \`--cmtConfig\` says that` };
    } else if (item !== 'AtlasOffline') {
      cache = `-${item}${cache}`;
    }
  }
  const settled = settleCache(transUses, cache);
  return isNightly && settled.transUses === '' ? { ...settled, transUses: 'Atlas-dev' } : settled;
}

function settleCache(transUses: string, cache: string): AthenaRelease {
  if (/^-.+_.+$/.test(cache)) return { transUses, cache };
  if (/^_\d+\.\d+\.\d+\.\d+$/.test(cache)) return { transUses, cache: `-AtlasProduction${cache}` };
  if (cache.includes('AthAnalysis')) return { transUses: '', cache: `${cache}_${transUses}` };
  return { transUses, cache: '' };
}
