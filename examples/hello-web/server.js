// Serves the release that `current` points at. The link is resolved for each request, so switching it switches
// the code without a restart, as a PHP server with a resolved document root does.
const { realpath } = require('node:fs/promises');
const http = require('node:http');
const path = require('node:path');

const { APP_DIR, HOST, PORT } = process.env;

/** Handlers by the real path of their release: each release is loaded once. */
const releases = new Map();

async function activeRelease() {
  const folder = await realpath(path.join(APP_DIR, 'current'));
  let release = releases.get(folder);
  if (release === undefined) {
    release = require(path.join(folder, 'index.js'));
    if (typeof release.handler !== 'function') throw new Error(`${folder}/index.js must export a function named handler`);
    releases.set(folder, release);
  }
  return { folder, release };
}

async function serve(request, response) {
  const { folder, release } = await activeRelease();
  response.setHeader('x-release', path.basename(folder));
  if (new URL(request.url, 'http://localhost').pathname === '/health') {
    if (release.health) return release.health(request, response);
    response.writeHead(200, { 'content-type': 'text/plain' });
    return response.end('ok\n');
  }
  return release.handler(request, response);
}

const server = http.createServer((request, response) => {
  serve(request, response).catch((error) => {
    console.error(error);
    if (response.headersSent) return response.destroy();
    response.writeHead(error.code === 'ENOENT' ? 503 : 500, { 'content-type': 'text/plain' });
    response.end('this instance cannot serve the request\n');
  });
});
// Longer than the load balancer keeps an idle connection (60 s), so that it is never this side that closes first.
server.keepAliveTimeout = 65_000;
server.listen(Number(PORT), HOST, () => console.log(`serving ${APP_DIR}/current on ${HOST}:${server.address().port}`));

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}
