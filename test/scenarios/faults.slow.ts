import { SimulatedLab } from '../../lab/simulated-lab';
import { definitionOf, tasksOf } from './definition';
import { lastingFault, lostLock, transientFault } from './fault-cases';
import { rehearse, type Tracks } from './rehearsal';
import { removeRepository, WALKS, type Walk } from './walks';

const STATES = { ...definitionOf('reference').States, ...definitionOf('second').States };
const TASKS = tasksOf(STATES);
/** Tasks that act in the name of the deployment, which another execution may have taken over. */
const FENCED = TASKS.filter((name) => 'epoch.$' in (STATES[name].Parameters ?? {}));

const reached = new Map<Walk, Tracks>();

/** The first walk that comes to a state. Walks are made when they are needed, and checked as they go. */
async function walkTo(state: string): Promise<Walk> {
  for (const walk of WALKS) {
    if (!reached.has(walk)) reached.set(walk, await rehearse(walk));
    if (reached.get(walk)!.states.has(state)) return walk;
  }
  throw new Error(`no walk comes to the state '${state}'`);
}

afterAll(() => {
  removeRepository();
  return SimulatedLab.closeShared();
});

test.each(TASKS)("one transient fault at '%s' changes nothing", async (state) => transientFault(await walkTo(state), state));

test.each(TASKS)("a lasting fault at '%s' ends with a cause, and the fleet is safe", async (state) =>
  lastingFault(await walkTo(state), state),
);

test.each(FENCED)("an execution that lost the lock stops at '%s'", async (state) => lostLock(await walkTo(state), state));
