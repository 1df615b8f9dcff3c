import { Generator } from './generator';
import type { FromGenerator, ToGenerator } from './messages';

/** The load generator's own process: it obeys its parent, and ends with it. */
function tell(message: FromGenerator): void {
  process.send?.(message);
}

let generator: Generator | undefined;

process.on('message', (message: ToGenerator) => {
  if (message.kind === 'stop') {
    generator?.stop();
    return;
  }
  generator = new Generator(
    message.options,
    (report, totals) => tell({ kind: 'second', report, totals }),
    (totals) => process.send?.({ kind: 'done', totals } satisfies FromGenerator, () => process.disconnect()),
  );
  generator.start();
});
process.on('disconnect', () => process.exit());
tell({ kind: 'ready' });
