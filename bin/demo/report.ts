import type { DemoFacts, DeploymentFacts } from './facts';

/** Longest line of a cause, its indentation left out. */
const WIDTH = 100;
const HEAD = ['release', 'verdict', 'seconds', 'bad responses', 'verdict to no canary traffic'];

/** The table at the end of the demo, as lines of text. */
export function reportLines({ deployments, traffic, instances }: DemoFacts): string[] {
  const { sent, seconds, otherFailures } = traffic;
  const other = Object.entries(otherFailures).filter(([, count]) => count > 0);
  return [
    '',
    ...table([HEAD, ...deployments.map(row)]),
    '',
    'causes',
    ...deployments.flatMap(({ tag, cause }) => wrapped(cause).map((line, index) => `  ${index === 0 ? tag : '  '}  ${line}`)),
    '',
    `${number(sent)} requests in ${seconds.toFixed(1)} s, ${number(sent / seconds)} a second`,
    `requests that failed for any other reason: ${other.length === 0 ? 0 : other.map(([kind, count]) => `${count} ${kind}`).join(', ')}`,
    'release on every stable instance, as read from the instance:',
    ...Object.entries(instances).map(([instance, release]) => `  ${instance}  ${release}`),
    '',
  ];
}

function row({ tag, release, verdict, seconds, badResponses, rollback }: DeploymentFacts): string[] {
  const speed = rollback && `${rollback.seconds.toFixed(2)} s, ${rollback.transitions} transitions, ${rollback.apiCalls} API calls`;
  return [release === '' ? tag : release, verdict, seconds.toFixed(1), number(badResponses), speed ?? ''];
}

/** Columns two spaces apart; those of numbers end in line. */
function table(rows: readonly string[][]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  const isNumber = (column: number) => column === HEAD.indexOf('seconds') || column === HEAD.indexOf('bad responses');
  return rows.map((cells) =>
    cells
      .map((cell, column) => (isNumber(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}

/** A text in lines, broken between words. */
function wrapped(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trimStart();
    if (longer.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en');
}
