/** The files of the page, and nothing else: both hosts serve exactly these, under the same policy. */
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, posix } from 'node:path'

export interface PageFile {
  body: Buffer
  contentType: string
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
}

/**
 * Reads the built page into memory. What is asked for later is looked up by its name in this map, so no path, however it is
 * written, leads anywhere else.
 * @returns files by URL path, the page itself also as `/`
 * @throws Error if the page was not built
 */
export async function loadPageFiles(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>()
  const read = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = posix.join(below, entry.name)
      if (entry.isDirectory()) await read(path)
      else {
        const contentType = TYPES[extname(entry.name)]
        if (contentType) files.set(path, { body: await readFile(join(folder, path)), contentType })
      }
    }
  }
  try {
    await read('/')
  } catch (cause) {
    throw new Error(`The page is not built: ${folder} cannot be read. Run npm run build.`, { cause })
  }
  const index = files.get('/index.html')
  if (!index) throw new Error(`The page is not built: ${folder} has no index.html. Run npm run build.`)
  return files.set('/', index)
}

/** @param connect further sources that the page may connect to, besides its own */
export function pageHeaders(connect: readonly string[] = []): Record<string, string> {
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      ["connect-src 'self'", ...connect].join(' '),
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  }
}
