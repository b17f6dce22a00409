/** Two processes on a pipe: one asks, the other answers, until the first hangs up. */
import { type Connection, EndOfFileError, main, Pipe, Process } from 'forkscope'

export async function pong(connection: Connection) {
  let answers = 0
  try {
    for (;;) {
      const ball = (await connection.recv()) as number
      await connection.send(ball + 1)
      answers++
    }
  } catch (error) {
    if (!(error instanceof EndOfFileError)) throw error
    console.log(`pong answered ${answers} times`)
  }
}

main(import.meta, async () => {
  const [ours, theirs] = Pipe()
  const process = new Process(pong, [theirs])
  process.start()
  let ball = 0
  while (ball < 10) {
    await ours.send(ball)
    ball = (await ours.recv()) as number
  }
  console.log(`the ball is at ${ball}`)
  await ours.close()
  await process.join()
})
