import { SimulatedLab } from '../../lab/simulated-lab';
import { removeRepository } from '../scenarios/walks';
import { preyOf } from './hunt';
import { everyMutantIsFound } from './verdicts';

afterAll(() => {
  removeRepository();
  return SimulatedLab.closeShared();
});

everyMutantIsFound(preyOf(({ part }) => part === 'Choice'));
