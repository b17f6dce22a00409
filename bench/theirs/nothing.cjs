/** The task that does nothing, in the form that each of them wants. */
const nothing = (n) => n
module.exports = nothing
module.exports.nothing = nothing
module.exports.default = nothing
if (process.argv.includes('workerpool')) require('workerpool').worker({ nothing })
