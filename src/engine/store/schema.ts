// The tables of the embedded PanDA. Only ever added to: an older file must open in a newer program.
import type { Database } from './database.ts';

/** Creates what is missing. */
export function createTables(database: Database): void {
  database.transaction(() => {
    for (const statement of tables) database.exec(statement);
    for (const [table, column] of laterColumns) addColumn(database, table, column);
    database.exec(`CREATE INDEX IF NOT EXISTS job_by_key ON job (key)`);
  });
}

/** Columns that the first tables did not have; all may be null. */
const laterColumns: readonly (readonly [table: string, column: string])[] = [
  ['request', 'task_parameters'],
  ['task', 'control'],
  ['task', 'splitting'],
  ['job', 'kind'],
  ['task', 'iteration'],
  ['job', 'results'],
  ['request', 'max_iterations'],
  ['request', 'search'],
  ['job', 'failures'],
  ['task', 'place'],
  ['task', 'limits'],
  ['request', 'options'],
  ['job', 'key'],
  ['job', 'reused_from'],
  ['task', 'created_ms'],
];

function addColumn(database: Database, table: string, column: string): void {
  const known = database.all(`SELECT name FROM pragma_table_info('${table}')`);
  if (known.every((row) => row['name'] !== column))
    database.exec(`ALTER TABLE ${table} ADD COLUMN ${column} TEXT`);
}

// Ids start where PanDA's are recognisable as such: tools tell task ids (over 10^7) from request ids by their size.
const firstTaskId = 40_000_001;
const firstJobId = 6_000_000_001;

const tables: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS request (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL, user_name TEXT NOT NULL, status TEXT NOT NULL,
    created_ms INTEGER NOT NULL, ended_ms INTEGER, error TEXT, key TEXT,
    plan TEXT NOT NULL, sandbox TEXT, environment TEXT NOT NULL)`,
  `CREATE INDEX IF NOT EXISTS request_by_key ON request (key)`,
  `CREATE TABLE IF NOT EXISTS task (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id INTEGER NOT NULL REFERENCES request (id), step_id INTEGER NOT NULL,
    step_name TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL,
    started_ms INTEGER, ended_ms INTEGER, error TEXT, skipped INTEGER NOT NULL DEFAULT 0,
    all_jobs_defined INTEGER NOT NULL DEFAULT 0)`,
  `CREATE INDEX IF NOT EXISTS task_by_request ON task (request_id)`,
  `CREATE TABLE IF NOT EXISTS job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id INTEGER NOT NULL REFERENCES task (id), serial INTEGER NOT NULL, attempt INTEGER NOT NULL,
    status TEXT NOT NULL, started_ms INTEGER, ended_ms INTEGER, exit_status INTEGER, error TEXT,
    command TEXT NOT NULL, directory TEXT NOT NULL, inputs TEXT NOT NULL)`,
  `CREATE INDEX IF NOT EXISTS job_by_task ON job (task_id)`,
  // The same name may come again with a later request; the latest row is the one meant by the name.
  `CREATE TABLE IF NOT EXISTS dataset (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL, task_id INTEGER, request_id INTEGER NOT NULL, closed INTEGER NOT NULL)`,
  `CREATE INDEX IF NOT EXISTS dataset_by_name ON dataset (name)`,
  `CREATE INDEX IF NOT EXISTS dataset_by_request ON dataset (request_id)`,
  `CREATE TABLE IF NOT EXISTS file (
    dataset_id INTEGER NOT NULL REFERENCES dataset (id), name TEXT NOT NULL, job_id INTEGER,
    size_bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, path TEXT NOT NULL,
    PRIMARY KEY (dataset_id, name))`,
  `CREATE TABLE IF NOT EXISTS iteration (
    request_id INTEGER NOT NULL REFERENCES request (id), step_id INTEGER NOT NULL, path TEXT NOT NULL,
    number INTEGER NOT NULL, parameters TEXT NOT NULL, outcome TEXT, is_last INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (request_id, step_id, path, number))`,
  `CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, request_id INTEGER, body TEXT NOT NULL)`,
  `INSERT INTO sqlite_sequence (name, seq) SELECT 'task', ${firstTaskId - 1} WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'task')`,
  `INSERT INTO sqlite_sequence (name, seq) SELECT 'job', ${firstJobId - 1} WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'job')`,
];
