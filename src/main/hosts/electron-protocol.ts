/** `app://forkscope/…`: the page's own files, and no other address. */
import { protocol } from 'electron'
import { loadPageFiles, pageHeaders } from './page-files.ts'

export const SCHEME = 'app'
export const PAGE_ORIGIN = `${SCHEME}://forkscope`
export const PAGE_URL = `${PAGE_ORIGIN}/index.html`

/** Must be called before Electron is ready. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** @param folder the built page; throws if it was not built */
export async function servePage(folder: string): Promise<void> {
  const files = await loadPageFiles(folder)
  protocol.handle(SCHEME, (request) => {
    const { host, pathname } = new URL(request.url)
    const file = host === 'forkscope' ? files.get(pathname) : undefined
    if (!file) return new Response('There is no such file.', { status: 404, headers: pageHeaders() })
    return new Response(new Uint8Array(file.body), { headers: { ...pageHeaders(), 'content-type': file.contentType } })
  })
}
