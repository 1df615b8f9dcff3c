import { TALLIED } from '../judges';
import { DEPLOYED } from '../setting';
import { type Tally, WATCH_MINUTES } from '../tally';
import type { Benchmark, ScenarioResult } from './benchmark';
import { missedPercent, quantileMinute, rolledBackPercent, servedMean } from './figures';

/** The report as JSON: a line for each judge in each scenario. `rolledBack[i]` is the number of watches rolled back after minute i, at 0: never. */
export function toJson({ results, cost, ...head }: Benchmark): string {
  const scenarios = results.map(scenarioJson).join(',\n');
  const rest = Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},`);
  return `{\n${rest.join('\n')}\n  "cost": ${JSON.stringify(cost, digits)},\n  "scenarios": [\n${scenarios}\n  ]\n}\n`;
}

function digits(_name: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value;
}

function scenarioJson({ scenario, tallies }: ScenarioResult): string {
  const judges = TALLIED.map((name) => {
    const watchMinutes = name === 'deployed' ? DEPLOYED.watchMinutes : WATCH_MINUTES;
    return `      ${JSON.stringify(name)}: ${JSON.stringify(figures(scenario.truth, tallies[name], watchMinutes))}`;
  });
  return `    {\n      "scenario": ${JSON.stringify(scenario)},\n${judges.join(',\n')}\n    }`;
}

function figures(truth: 'null' | 'bad', tally: Tally, watchMinutes: number): object {
  const { served, servedSquared, ...rest } = tally;
  const rolledBackPercents = Object.fromEntries([15, watchMinutes, 60].map((by) => [by, rounded(rolledBackPercent(tally, by))]));
  const bad = {
    medianMinutes: quantileMinute(tally, 0.5) ?? null,
    p90Minutes: quantileMinute(tally, 0.9) ?? null,
    missedPercent: rounded(missedPercent(tally, watchMinutes)),
    servedMean: rounded(servedMean(tally)),
  };
  return { rolledBackPercent: rolledBackPercents, ...(truth === 'bad' && bad), ...rest };
}

function rounded<T extends object>(estimate: T): T {
  return Object.fromEntries(Object.entries(estimate).map(([name, value]) => [name, Number(value.toFixed(4))])) as T;
}
