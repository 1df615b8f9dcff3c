import { describeGroups, replaceStable } from './aws/auto-scaling';
import { handle } from './aws/handler';
import { readOwnLock } from './aws/table';
import type { Holder } from './core/lock';
import { replaceable } from './core/replacement';

export interface ReplaceInstancesEvent extends Holder {
  /** Instances that did not go back to the release before. */
  readonly failed: readonly string[];
}

/** `$.replaced` of the state machine. */
export interface ReplacedInstances {
  readonly replaced: readonly string[];
  /** For the cause of the rollback. */
  readonly sentence: string;
}

/** Replaces stable instances that could not go back; their successors boot the committed release. */
export const handler = handle<ReplaceInstancesEvent, ReplacedInstances>('replace-instances', async ({ failed, epoch, execution }) => {
  await readOwnLock({ epoch, execution });
  const { stable } = await describeGroups();
  const replaced = replaceable(failed, stable.inService);
  for (const instance of replaced) await replaceStable(instance);
  const left = failed.filter((id) => stable.inService.includes(id) && !replaced.includes(id));
  const parts = [
    replaced.length > 0 ? `${replaced.join(', ')} could not go back and ${replaced.length === 1 ? 'is' : 'are'} replaced` : '',
    left.length > 0 ? `${left.join(', ')} could not go back and must be looked at` : '',
  ];
  return { replaced, sentence: parts.filter((part) => part !== '').join('; ') };
});
