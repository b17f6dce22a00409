/** Source as HTML with a class for each kind of word. It holds no styles, so the page's policy allows it. */
import hljs from 'highlight.js/lib/core'
import python from 'highlight.js/lib/languages/python'
import typescript from 'highlight.js/lib/languages/typescript'
import type { SourceFile } from '../../shared/api.ts'

hljs.registerLanguage('typescript', typescript)
hljs.registerLanguage('python', python)

const done = new WeakMap<SourceFile, string>()

/** @returns safe HTML: everything that is not a class name comes escaped */
export function highlight(file: SourceFile): string {
  let html = done.get(file)
  if (html === undefined) {
    html = hljs.highlight(file.text, { language: file.language }).value
    done.set(file, html)
  }
  return html
}
