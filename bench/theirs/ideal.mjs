/** What cannot be beaten, as runs a second. Argument: its seconds. */
console.log(1 / Number(process.argv[2]))
