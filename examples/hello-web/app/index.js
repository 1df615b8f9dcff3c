const { readFile } = require('node:fs/promises');
const { version, failuresIn25 } = require('./version');

let answered = 0;

/** Answers with the page, which is read for each request, or fails as many of 25 requests as `version.js` says. */
module.exports.handler = async (_request, response) => {
  if (answered++ % 25 < failuresIn25) {
    response.writeHead(500, { 'content-type': 'text/plain' });
    response.end(`version ${version} fails\n`);
    return;
  }
  const page = await readFile(`${__dirname}/page.html`, 'utf8');
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(page.replace('{{version}}', version));
};
