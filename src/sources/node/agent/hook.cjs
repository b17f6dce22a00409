// Forkscope's agent: `--require` in NODE_OPTIONS loads it before the program, in each process and worker thread of Node.
// It tells what the program does into a file in memory, which Forkscope reads; it sends nothing, prints nothing and changes nothing.
// Here each Node decides whether it is meant, so this file is written in words that every Node understands.
try {
  if (
    Number.parseInt(process.versions.node, 10) >= 18 &&
    !process.versions.electron &&
    !process.versions.bun &&
    process.platform === 'linux' &&
    process.env.FORKSCOPE_RUN &&
    process.env.FORKSCOPE_TOKEN
  )
    require('./forkscope/index.cjs')
  delete require.cache[__filename]
} catch (_error) {
  // Without the right to read it, for one: then there is no agent.
}
