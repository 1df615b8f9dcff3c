import type { PlanInput } from '../lambda/core/plan/plan';
import { usage } from './usage';

const NUMBER = /^\d+(\.\d+)?$/;

/** A number of an option, within these bounds. */
export function numberOf(option: string, text: string, least: number, most = Number.POSITIVE_INFINITY): number {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  const allowed = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  if (!(value >= least && value <= most)) throw usage(`'${option}' must be a number ${allowed}, got '${text}'`);
  return value;
}

/** A whole number of an option, within these bounds. */
export function wholeNumberOf(option: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw usage(`'${option}' must be a whole number from ${least} to ${most}, got '${text}'`);
  return value;
}

/** A share from 0 to 1 of an option that is written as a percentage: `0.2%`. */
export function shareOf(option: string, text: string, leastPercent: number, mostPercent: number): number {
  const percent = text.endsWith('%') && NUMBER.test(text.slice(0, -1)) ? Number(text.slice(0, -1)) : Number.NaN;
  if (!(percent >= leastPercent && percent <= mostPercent))
    throw usage(`'${option}' must be from ${leastPercent}% to ${mostPercent}%, written with its sign, got '${text}'`);
  return percent / 100;
}

/** Steps written as weight and watch: `5% 10m, 25% 20m`. */
export function stepsOf(option: string, text: string): PlanInput['steps'] {
  const steps = text.split(',').map((part) => {
    const [, weight, watch] = /^\s*(\d+)%\s+(\d+)m\s*$/.exec(part) ?? [];
    const step = { weight: Number(weight), watchMinutes: Number(watch) };
    if (!(step.weight >= 1 && step.weight <= 99 && step.watchMinutes >= 1 && step.watchMinutes <= 1440))
      throw usage(`'${option}' must be steps of 1% to 99% and 1m to 1440m, such as '5% 10m, 25% 20m', got '${part.trim()}'`);
    return step;
  });
  const fallen = steps.findIndex((step, index) => index > 0 && step.weight <= steps[index - 1].weight);
  if (fallen > 0) throw usage(`'${option}' must grow in weight, got ${steps[fallen].weight}% after ${steps[fallen - 1].weight}%`);
  if (steps.length > 20) throw usage(`'${option}' must be 1 to 20 steps, got ${steps.length}`);
  return steps;
}
