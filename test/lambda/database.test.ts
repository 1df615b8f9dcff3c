import fc from 'fast-check';
import { isAdditive } from '../../lambda/core/database/additive';
import { decideGate, parseReport } from '../../lambda/core/database/gate';
import { formatMigration, holdsCode, isBreaking, parseMigration } from '../../lambda/core/database/migration';

const ADDITIONS = [
  'ALTER TABLE `shop_item` ADD COLUMN `badge` varchar(32) NULL COMMENT "Badge, DROP it"',
  'ALTER TABLE shop.item ADD badge int',
  'alter table item add column a int not null default 0, add key `a` (`a`), algorithm=inplace, lock=none;',
  'ALTER TABLE `item` ADD COLUMN `price` decimal(12,4) NULL DEFAULT NULL AFTER `name`, ADD FULLTEXT INDEX `I` (`a`, `b`)',
  "ALTER TABLE item ADD COLUMN note varchar(255) NOT NULL DEFAULT 'it''s; -- new'",
  'CREATE TABLE IF NOT EXISTS `tax` (`id` int unsigned NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) ENGINE=innodb DEFAULT CHARSET=utf8mb4',
  'CREATE INDEX `ITEM_SKU` ON `item` (`sku`)',
];

const BREAKING = [
  'ALTER TABLE item DROP COLUMN old_price',
  'ALTER TABLE item ADD COLUMN a int NOT NULL',
  'ALTER TABLE item ADD COLUMN a int NULL UNIQUE',
  'ALTER TABLE item ADD COLUMN a int NULL, DROP COLUMN b',
  'ALTER TABLE item MODIFY COLUMN name varchar(10) NULL',
  'ALTER TABLE item CHANGE COLUMN name title varchar(255) NULL',
  'ALTER TABLE item RENAME TO product',
  'ALTER TABLE item ADD UNIQUE KEY u (sku)',
  'ALTER TABLE item ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES b (id)',
  'ALTER TABLE item ADD PRIMARY KEY (id)',
  'ALTER TABLE item ADD PARTITION (PARTITION p3 VALUES LESS THAN (2002))',
  'ALTER TABLE item ADD x SERIAL',
  'ALTER TABLE item ADD SYSTEM VERSIONING',
  'ALTER TABLE item ADD PERIOD FOR SYSTEM_TIME(a, b)',
  'CREATE UNIQUE INDEX u ON item (sku)',
  'CREATE OR REPLACE TABLE item (id int)',
  'CREATE TABLE copy (id int) SELECT * FROM item',
  'DROP TABLE item',
  'TRUNCATE item',
  'UPDATE item SET price = 0',
  'INSERT INTO item VALUES (1)',
  'ALTER TABLE item ADD COLUMN a int NULL; DROP TABLE item',
  'ALTER TABLE item ADD COLUMN a int NULL /* , DROP COLUMN b */',
  "ALTER TABLE item ADD COLUMN a int NULL COMMENT 'open, DROP COLUMN b",
  'update: shop_update_11001',
  '',
];

test.each(ADDITIONS)('only adds: %s', (statement) => expect(isAdditive(statement)).toBe(true));
test.each(BREAKING)('does more than add: %s', (statement) => expect(isAdditive(statement)).toBe(false));

test('no addition stays one with a clause that takes away', () => {
  const clause = fc.constantFrom('DROP COLUMN b', 'MODIFY a int', 'RENAME TO c', 'ADD UNIQUE (a)', 'CHANGE a b int', 'DROP INDEX i');
  const alterations = ADDITIONS.filter((statement) => /^alter/i.test(statement)).map((statement) => statement.replace(/;$/, ''));
  fc.assert(fc.property(fc.constantFrom(...alterations), clause, (statement, taking) => !isAdditive(`${statement}, ${taking}`)));
});

test('what is in quotes or names changes nothing', () => {
  const text = fc.stringMatching(/^[A-Za-z ,;()-]{0,30}$/);
  fc.assert(
    fc.property(text, fc.constantFrom('"', "'"), (comment, quote) =>
      isAdditive(`ALTER TABLE \`drop\` ADD COLUMN \`unique\` int NULL COMMENT ${quote}${comment}${quote}`),
    ),
  );
});

const report = (state: string, changes: number, declared: number, lines: readonly string[] = []) =>
  `asg-canary-database 1\ndatabase=${state}\nchanges=${changes}\ndeclared=${declared}\n${lines.map((line) => `change=${line}\n`).join('')}`;
const decided = (text: string, isFirst = false) => decideGate(parseReport(text), isFirst);

test.each([
  ['nothing is pending', report('current', 0, 0), 'upToDate'],
  ['additions', report('pending', 1, 0, [ADDITIONS[0]]), 'compatible'],
  ['declared', report('pending', 0, 3), 'compatible'],
  ['additions and declared', report('pending', 1, 3, [ADDITIONS[0]]), 'compatible'],
  ['one that takes away', report('pending', 2, 0, [ADDITIONS[0], BREAKING[0]]), 'breaking'],
  ['too long to be read', `${report('pending', 1, 0)}cut=CREATE TABLE a (\n`, 'breaking'],
  ['more than are listed', report('pending', 61, 0, Array(60).fill(ADDITIONS[0])), 'breaking'],
  ['pending, but nobody says what', report('pending', 0, 0), 'breaking'],
])('%s', (_, text, outcome) => {
  expect(decided(text).outcome).toBe(outcome);
});

test('the sentence names what is breaking, and no more than can be read', () => {
  expect(decided(report('pending', 2, 1, [ADDITIONS[0], BREAKING[0]])).sentence).toBe(
    'breaking change: 1 of 3 changes does more than add: ALTER TABLE item DROP COLUMN old_price',
  );
  const many = decided(report('pending', 40, 0, Array(40).fill(`DROP TABLE ${'x'.repeat(250)}`))).sentence;
  expect(many).toContain('and 30 more');
  expect(many.length).toBeLessThan(2600);
});

test('the first release breaks nobody', () => {
  expect(decided(report('pending', 1, 0, [BREAKING[0]]), true)).toEqual({
    outcome: 'compatible',
    sentence: 'the first release: 1 change',
  });
});

test.each(['', 'database=current', `${report('current', 0, 0)}and more`, report('maybe', 0, 0), report('pending', -1, 0)])(
  'a report that is none is refused: %j',
  (text) => expect(() => parseReport(text)).toThrow(expect.objectContaining({ name: 'DatabaseUnclear' })),
);

test('how far a migration is survives the lock, and decides whether the code may go back', () => {
  const rows = [
    ['compatible', 'begun', true, false],
    ['compatible', 'done', false, false],
    ['breaking', 'begun', true, false],
    ['breaking', 'done', true, true],
  ] as const;
  for (const [kind, state, holds, breaking] of rows) {
    const migration = { kind, state, leader: 'i-0123' };
    expect(parseMigration(formatMigration(migration))).toEqual(migration);
    expect([holdsCode({ migration }), isBreaking({ migration })]).toEqual([holds, breaking]);
  }
  expect(parseMigration(undefined)).toBeUndefined();
  expect(holdsCode({})).toBe(false);
});
