const path = require('node:path');

/** Where the test run's set-up synthesizes the stacks that labs load. */
const folder = path.join(__dirname, '..', 'cdk.out', 'test');

module.exports = { REFERENCE: path.join(folder, 'reference'), SECOND: path.join(folder, 'second'), MARKET: path.join(folder, 'market') };
