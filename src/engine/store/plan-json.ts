// Plans as they are kept: everything but the positions in the user's files, which mean nothing once the files change.
import type { Plan } from '../../workflow/plan.ts';

export function planToJson(plan: Plan): string {
  return JSON.stringify(plan);
}

/** The plan as it was stored; `where` of its steps points at nothing. */
export function planFromJson(text: string): Plan {
  const nowhere = (): { file: string; start: number; end: number } => ({ file: '', start: 0, end: 0 });
  return JSON.parse(text, (_key, value: unknown) => {
    const isStep = typeof value === 'object' && value !== null && 'suppressed' in value && 'links' in value;
    return isStep ? { ...value, where: nowhere } : value;
  }) as Plan;
}
