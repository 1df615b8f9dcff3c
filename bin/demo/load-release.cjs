// Loads the module that is given as the demo's server would, and writes what it is to descriptor 3 as JSON.
const { writeSync } = require('node:fs');
const { Server } = require('node:net');

const RESULT = 3;

let startsServer = false;
Server.prototype.listen = function listen() {
  startsServer = true;
  return this;
};

function describe() {
  try {
    const release = require(process.argv[2]);
    const isObject = typeof release === 'object' && release !== null;
    return {
      exports: isObject ? Object.keys(release) : [],
      handler: typeof release?.handler,
      health: typeof release?.health,
    };
  } catch (error) {
    return { failure: String(error?.message ?? error) };
  }
}

writeSync(RESULT, JSON.stringify({ ...describe(), startsServer }));
process.exit(0);
