/** What can be started: the programs that come with the app, described without loading any of them. */
import { speedParameter } from '../../shared/parameters.ts'
import { type LibraryProgram, libraryProgram } from '../../sources/library/library-source.ts'
import type { Program } from '../../sources/source.ts'
import { spiderParameters } from './demos/spider/parameters.ts'
import { threadsParameters } from './demos/threads/parameters.ts'

/** From source the modules are `.ts`, built they are not. */
const extension = /\.[a-z]+$/.exec(new URL(import.meta.url).pathname)?.[0] ?? '.js'

function demo(
  about: Pick<LibraryProgram, 'id' | 'title' | 'summary' | 'watch'> &
    Partial<Pick<LibraryProgram, 'parameters'>> & { python?: string },
): Program {
  const { id, title, summary, watch, parameters = {}, python = `${about.id}.py` } = about
  return libraryProgram({
    ...{ id, title, summary, watch },
    parameters: { speed: speedParameter, ...parameters },
    module: new URL(`./demos/${id}${extension}`, import.meta.url),
    sources: [
      { name: `${id}.ts`, language: 'typescript' },
      { name: python, language: 'python' },
    ],
  })
}

export const catalog: readonly Program[] = [
  demo({
    id: 'dog-cat',
    title: 'Dog and cat',
    summary: 'two processes at once',
    watch:
      'Two processes count to five, each at its own pace. Watch their lines mix: neither waits for the other, and the cat is done first.',
  }),
  demo({
    id: 'download-analysis',
    title: 'Download → analysis',
    summary: 'through a queue',
    watch:
      'Each second one process puts a number in a queue, from which another gets it. Watch the list grow, and end two seconds after the last.',
  }),
  demo({
    id: 'spider',
    title: 'Spider',
    summary: 'pool, queue, database',
    watch:
      'Three workers fetch pages and put rows in a queue; one process inserts them. Watch the queue fill: inserting is slower than fetching.',
    parameters: spiderParameters,
  }),
  demo({
    id: 'threads',
    title: 'Threads',
    summary: 'beside processes',
    watch:
      'The same work on threads and on processes. Watch the PIDs, the start-up times and the counter: threads share one memory, processes each have their own.',
    parameters: threadsParameters,
  }),
  demo({
    id: 'socket',
    // Not socket.py: beside the others, it would be what their `import socket` finds.
    python: 'tcp-socket.py',
    title: 'Socket',
    summary: 'over a connection',
    watch:
      'One process asks, the other answers, over a TCP connection. Watch them take turns: who waits is the one that listens.',
  }),
  demo({
    id: 'file',
    title: 'File',
    summary: 'followed as it grows',
    watch:
      'One process appends lines to a file, the other reads what is new. Watch the reader: a file cannot say that something came, so it must look.',
  }),
  demo({
    id: 'swallowed',
    title: 'Swallowed errors',
    summary: 'told aloud',
    watch:
      'Some tasks throw, one exits, one is killed, and nobody asks for their results. Python says nothing here. Watch every failure show up while the rest finish.',
  }),
]
