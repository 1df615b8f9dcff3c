import { log } from './log';

/**
 * Wraps a handler: logs the event's small fields, the result and the error, each as one line of JSON.
 * The error goes on to the state machine, which matches it by name.
 */
export function handle<E extends object, R>(name: string, work: (event: E) => Promise<R>): (event: E) => Promise<R> {
  return async (event) => {
    log(`${name} begins`, { event: summary(event) });
    try {
      const result = await work(event);
      log(`${name} is done`, { result });
      return result;
    } catch (error) {
      const { name: errorName, message } = error as Error;
      console.error(JSON.stringify({ level: 'ERROR', message: `${name} failed`, error: errorName, cause: message }));
      throw error;
    }
  };
}

function summary(event: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(event).filter(([, value]) => JSON.stringify(value ?? null).length <= 500));
}
