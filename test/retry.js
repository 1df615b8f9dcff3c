/** Folders whose tests start processes and servers, which a busy machine can delay or starve. */
const REAL = /\/test\/(bench-switch|demo|host|lab-services|live|php|traffic|world-live)\//;

// In CI such a test is tried once more where it failed; what it failed with first is printed. Simulated ones must hold at once.
if (process.env.CI && REAL.test(expect.getState().testPath)) jest.retryTimes(1, { logErrorsBeforeRetry: true });
