/** Numbers of worker threads: above every number that Linux gives to processes (PID_MAX_LIMIT). */
'use strict'

module.exports = { tidOf: (threadId) => 4_194_304 + threadId }
