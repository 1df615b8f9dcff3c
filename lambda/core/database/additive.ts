const IDENTIFIER = '(?:`[^`]*`|[A-Za-z_][A-Za-z0-9_$]*)';
const TABLE = `${IDENTIFIER}(?:\\.${IDENTIFIER})?`;
const CREATE_TABLE = new RegExp(`^create table (?:if not exists )?${TABLE} ?\\(.*\\)[^()]*$`, 'i');
const CREATE_INDEX = new RegExp(
  `^create (?:fulltext |spatial )?index (?:if not exists )?${IDENTIFIER} (?:using \\w+ )?on ${TABLE} ?\\([^;]*$`,
  'i',
);
const ALTER_TABLE = new RegExp(`^alter (?:online )?table (?:if exists )?${TABLE} (?<clauses>.+)$`, 'i');
const ADD_INDEX = /^add (?:fulltext |spatial )?(?:index|key)\b(?! *primary)/i;
const ADD_COLUMN = new RegExp(
  `^add (?:column )?(?:if not exists )?(?!(?:unique|constraint|primary|foreign|check|partition|index|key|fulltext|spatial|system|period)\\b)${IDENTIFIER} (?<definition>.+)$`,
  'i',
);
/** How the change is made, not what it makes. */
const HOW = /^(?:algorithm|lock) ?= ?(?:default|instant|inplace|copy|none|shared|exclusive)$/i;
/** What makes a column more than a place for values that old code does not know. */
const BINDING = /\b(?:unique|primary|key|references|check|auto_increment|serial)\b/i;

/**
 * Whether a statement only adds what code that does not know of it can ignore: a table, an index that is not unique, a column that may
 * be left out. Pure text: what it cannot read is none.
 */
export function isAdditive(statement: string): boolean {
  const text = withoutStrings(statement);
  if (text === undefined) return false;
  if (CREATE_TABLE.test(text)) return !/\b(?:select|replace|foreign|references)\b/i.test(text);
  if (CREATE_INDEX.test(text)) return true;
  const clauses = ALTER_TABLE.exec(text)?.groups?.clauses;
  return clauses !== undefined && clausesOf(clauses).every(isAdditiveClause);
}

function isAdditiveClause(clause: string): boolean {
  if (ADD_INDEX.test(clause) || HOW.test(clause)) return true;
  const definition = ADD_COLUMN.exec(clause)?.groups?.definition;
  if (definition === undefined || BINDING.test(definition)) return false;
  return !/\bnot null\b/i.test(definition) || /\bdefault\b/i.test(definition);
}

/** The statement with empty strings and single blanks; undefined where it has comments, several statements or an open string. */
function withoutStrings(statement: string): string | undefined {
  const text = statement
    .replace(/'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"/gs, "''")
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/ ?;$/, '');
  const rest = text.replace(/`[^`]*`/g, '').replace(/''/g, '');
  return /['"`;#]|--|\/\*/.test(rest) ? undefined : text;
}

/** Splits at the commas that are in no brackets. */
function clausesOf(clauses: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let begin = 0;
  for (let at = 0; at < clauses.length; at++) {
    if (clauses[at] === '(') depth++;
    if (clauses[at] === ')') depth--;
    if (clauses[at] === ',' && depth === 0) {
      found.push(clauses.slice(begin, at).trim());
      begin = at + 1;
    }
  }
  return [...found, clauses.slice(begin).trim()];
}
