// Runs in a worker thread: loads one function's bundle as it is and calls its handler, as Lambda's Node.js runtime does.
const { pathToFileURL } = require('node:url');
const path = require('node:path');
const fs = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');

function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\n') };
}

async function load() {
  const [module, name] = workerData.handler.split('.');
  const file = ['.js', '.cjs', '.mjs']
    .map((suffix) => path.join(workerData.directory, module + suffix))
    .find((candidate) => fs.existsSync(candidate));
  if (file === undefined) throw Object.assign(new Error(`Cannot find module '${module}'`), { name: 'Runtime.ImportModuleError' });
  const loaded = file.endsWith('.mjs') ? await import(pathToFileURL(file).href) : require(file);
  if (typeof loaded[name] !== 'function') {
    throw Object.assign(new Error(`${workerData.handler} is undefined or not exported`), { name: 'Runtime.HandlerNotFound' });
  }
  return loaded[name];
}

async function serve(handler, { id, event, context, deadlineMs }) {
  const until = performance.now() + deadlineMs;
  try {
    const result = await handler(JSON.parse(event), { ...context, getRemainingTimeInMillis: () => Math.max(0, until - performance.now()) });
    parentPort.postMessage({ id, payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    parentPort.postMessage({ id, error: describe(error) });
  }
}

load().then(
  (handler) => {
    parentPort.on('message', (message) => void serve(handler, message));
    parentPort.postMessage({ ready: true });
  },
  (error) => parentPort.postMessage({ ready: false, error: describe(error) }),
);
