/** The table that the spider fills: one row a page. */

/** What a page says. Money in cents. */
export interface Page {
  page: number
  title: string
  goods: number
  totalCents: number
}

export interface PagesTable {
  /** Writes a page; one that was written before is replaced, so that a page run again is not there twice. */
  insert(page: Page): void
  /** @returns how many rows the table has */
  count(): number
  close(): void
}

const TABLE =
  'CREATE TABLE pages (page INTEGER PRIMARY KEY, title TEXT NOT NULL, goods INTEGER NOT NULL, total_cents INTEGER NOT NULL)'

/**
 * Opens the database and empties its table `pages`, so that what is in it is of this run.
 * @throws Error that names the file, if it cannot be opened, is no database, or has a table of that name that is not ours
 */
export async function pagesTable(file: string): Promise<PagesTable> {
  const { DatabaseSync } = await import('node:sqlite')
  try {
    const database = new DatabaseSync(file)
    const found = database.prepare("SELECT sql FROM sqlite_schema WHERE name = 'pages'").get()
    if (found && found.sql !== TABLE) throw new Error('it has a table "pages" that is not the spider\'s')
    database.exec(found ? 'DELETE FROM pages' : TABLE)
    const insert = database.prepare('INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?)')
    const count = database.prepare('SELECT count(*) AS rows FROM pages')
    return {
      insert: ({ page, title, goods, totalCents }) => insert.run(page, title, goods, totalCents),
      count: () => Number(count.get()?.rows),
      close: () => database.close(),
    }
  } catch (cause) {
    throw new Error(`The database ${file} cannot be used: ${(cause as Error).message}.`, { cause })
  }
}
