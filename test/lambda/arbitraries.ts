import fc from 'fast-check';
import type { Pointer, Release } from '../../lib/deployment/contract';

/** Releases that a build could have made. */
export const releases: fc.Arbitrary<Release> = fc.record({
  id: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}[a-z0-9]$/),
  sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
});

const phases = fc.constantFrom('idle' as const, 'deploying' as const, 'promoting' as const, 'promoted' as const);

/** Pointers that a deployer could have written. */
export const pointers: fc.Arbitrary<Pointer> = fc.record(
  { epoch: fc.integer({ min: 0, max: 1000 }), phase: phases, committed: releases, candidate: releases },
  { requiredKeys: ['epoch', 'phase'] },
);
