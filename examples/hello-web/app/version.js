/** What the application calls itself, and how many of 25 requests it fails. */
module.exports = { version: 'v1', failuresIn25: 0 };
