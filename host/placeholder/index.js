const body = require('node:fs').readFileSync(`${__dirname}/index.html`);

/** Answers every request, the health check among them, until the first release is deployed. */
module.exports.handler = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(body);
};
