/** The inverse of what something should take, in whatever it is counted in. Argument: that. */
console.log(1 / Number(process.argv[2]))
